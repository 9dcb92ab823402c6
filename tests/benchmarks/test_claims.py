"""The page of claims follows from the rows that it is committed with."""

from pathlib import Path

import pytest
from test_studies import edit, run

from archbench.base import errors

ROOT = Path(__file__).parents[2]


def test_the_page_is_what_the_rows_say(benchmarks, tmp_path):
    """The committed rows, whatever code made them: the keys that they carry are not today's."""
    benchmarks["claims"].write(benchmarks["studies"].read(), tmp_path)
    for made in tmp_path.iterdir():
        assert made.read_text() == (ROOT / "docs" / made.name).read_text()


def test_no_page_is_made_of_stale_rows(small, benchmarks, code, monkeypatch):
    run(small, monkeypatch, "first")
    benchmarks["claims"].main()
    for edited in ("evaluation/scores.py", "training/loop.py"):
        edit(code / edited)
        with pytest.raises(errors.Refused, match="1 row of other code"):
            benchmarks["claims"].main()
        run(small, monkeypatch, "--seeds", "0")
        benchmarks["claims"].main()


@pytest.fixture
def rows():
    """Of full runs of one study."""

    def make(study: str, accuracies: list[float], **changes) -> list[dict]:
        same = {"study": study, "budget": "full", "train_images": 54_000, "epochs": 9}
        same |= {"device": "a CPU", "threads": 1, "test_images": 10_000, "stopped": None}
        same |= dict.fromkeys(("loss", "ece", "scaled_ece", "train_accuracy"), 0.5)
        same |= dict.fromkeys(("precision_weighted", "gflops", "train_seconds"), 0.5)
        return [same | {"seed": k, "accuracy": one} | changes for k, one in enumerate(accuracies)]

    return make


@pytest.mark.parametrize(
    ("published", "said"),
    [(0.955, "published is higher"), (0.945, "published is lower"), (0.9549, "inside")],
)
def test_a_published_run_is_judged_by_what_one_more_of_ours_would_be(benchmarks, published, said):
    """Half the mean's interval would be 0.0025, and call the last one higher."""
    ends = benchmarks["claims"].prediction([0.949, 0.950, 0.951])
    assert ends == pytest.approx((0.95 - 0.004968, 0.95 + 0.004968), abs=1e-6)  # 4.3027 √(1 + 1/3)
    assert benchmarks["claims"].verdict(published, ends) == said


def test_three_full_runs_make_a_verdict(benchmarks, rows):
    claims, seeds = benchmarks["claims"], [0.9784, 0.9763, 0.9805]
    line = claims.claims(rows("mlp-mnist-reference", seeds)).set_index(["system", "metric"])
    mlp = line.loc[("MLP, MNIST", "accuracy")]
    assert mlp["verdict"] == "inside"
    assert mlp["prediction interval of one more run"] == "[96.80 %, 98.88 %]"
    assert mlp["ours, its recipe"].startswith("97.84 % [97.32 %, 98.36 %], full budget")
    assert mlp["ours, tuned"] == "not run with this code"
    two = claims.claims(rows("mlp-mnist-reference", seeds[:2]))
    quick = claims.claims(rows("mlp-mnist-reference", seeds, budget="quick"))
    assert {*two["verdict"], *quick["verdict"]} == {"not yet run in full"}


def test_one_run_has_an_interval_of_its_own_test_images(benchmarks, rows):
    claims = benchmarks["claims"]
    assert claims.estimate(rows("vit-tuned", [0.5]), "accuracy") == "50.00 % [49.02 %, 50.98 %]"
    few = rows("vit-tuned", [0.5], test_images=100)
    assert claims.estimate(few, "accuracy") == "50.00 % [40.38 %, 59.62 %]"
    assert claims.estimate(few, "loss") == "0.5000"


def test_runs_of_other_lengths_and_machines_are_not_taken_for_alike(benchmarks, rows):
    both = rows("vit-tuned", [0.5]) + rows("vit-tuned", [0.6], epochs=12, threads=2)
    said = benchmarks["claims"].conditions(both)
    assert said == (
        "full budget: 54,000 images × 9–12 epochs, 2 seeds; a CPU, 1 thread; a CPU, 2 threads"
    )


def test_without_rows_nothing_is_claimed(benchmarks):
    page = benchmarks["claims"].page([])
    assert page.count("not yet run in full") == 6
    assert page.count("not run with this code") == 12 + 1 + 14
    assert "better" not in page
