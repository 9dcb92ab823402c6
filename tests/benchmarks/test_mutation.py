"""The score, from lines as mutmut writes them."""

import pytest

from archbench.base.errors import Refused

LINES = """\
    archbench.comparison.hits.x_pack__mutmut_1: killed
    archbench.comparison.hits.x_pack__mutmut_2: survived
    archbench.training.loop.x_run__mutmut_1: timeout
    archbench.training.loop.x_run__mutmut_2: no tests
    archbench.training.loop.xǁTaskǁrun__mutmut_1: killed
    archbench.training.loop.xǁTaskǁrun__mutmut_2: segfault
"""


def test_what_is_killed_or_hangs_is_noticed_and_what_no_test_reaches_is_not(benchmarks):
    assert benchmarks["mutation"].count(LINES) == [
        {
            "part": "comparison", "mutants": 2, "killed": 1, "timeout": 0, "segfault": 0,
            "survived": 1, "no_tests": 0, "score": 0.5,
        },
        {
            "part": "training", "mutants": 4, "killed": 1, "timeout": 1, "segfault": 1,
            "survived": 0, "no_tests": 1, "score": 0.75,
        },
    ]  # fmt: skip


def test_of_a_sample_the_others_do_not_count(benchmarks):
    mutation = benchmarks["mutation"]
    names = [f"archbench.training.loop.x_run__mutmut_{number}" for number in range(300)]
    taken = [name for name in names if mutation.chosen(name, 3)]
    assert 70 < len(taken) < 130
    lines = [f"    {name}: {'killed' if name in taken else 'not checked'}" for name in names]
    (row,) = mutation.count("\n".join(lines), one_in=3)
    assert (row["mutants"], row["killed"], row["score"]) == (len(taken), len(taken), 1.0)


@pytest.mark.parametrize("status", ["not checked", "suspicious", "skipped"])
def test_an_unfinished_run_has_no_score(benchmarks, status):
    with pytest.raises(Refused, match=f"'{status}': run `mutmut run` to its end"):
        benchmarks["mutation"].count(
            f"{LINES}    archbench.training.loop.x_run__mutmut_3: {status}\n"
        )
