"""The whole command: what is said of models, by the same functions as the report's."""

import itertools
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from archbench.base.errors import Refused
from archbench.comparison import pairwise
from archbench.comparison.tables import intervals
from archbench.judge import command, findings, page

IMAGES = 2000


def run(skill: float, seed: int) -> np.ndarray:
    """(images,) of ten classes: right where `skill` says, else the class after the right one."""
    right = np.random.default_rng(seed).random(IMAGES) < skill
    return np.where(right, LABELS, (LABELS + 1) % 10)


LABELS = np.arange(IMAGES) % 10
HITS = {
    name: np.stack([run(skill, seed) == LABELS for seed in seeds], axis=1)
    for name, (skill, seeds) in {"good": (0.9, [1, 2, 3]), "bad": (0.5, [4, 5, 6])}.items()
}


@pytest.fixture
def written(tmp_path, monkeypatch):
    """Folders `good` and `bad` with three runs each, and `labels.npy`."""
    monkeypatch.chdir(tmp_path)
    np.save("labels.npy", LABELS)
    for name, skill, seeds in (("good", 0.9, (1, 2, 3)), ("bad", 0.5, (4, 5, 6))):
        Path(name).mkdir()
        for number, seed in enumerate(seeds):
            np.save(f"{name}/{number}.npy", run(skill, seed))


def judge(*models: str, margin: float = 0.5) -> findings.Findings:
    return command.judge(models, "labels.npy", margin)


def said(found: findings.Findings) -> list[str]:
    return [page.text(found), page.markdown(found), page.html(found)]


def test_pairs_ranks_and_intervals_are_the_report_s_functions_of_the_hits(written):
    found = judge("bad", "good")
    assert found.images == IMAGES
    pd.testing.assert_frame_equal(found.pairs, pairwise.table(HITS, 0.005))
    pd.testing.assert_frame_equal(found.ranks, pairwise.ranks(found.pairs, ["good", "bad"]))
    expected = intervals(HITS).set_index("architecture")
    pd.testing.assert_frame_equal(found.numbers[list(expected)], expected)
    sd = [of.mean(0).std(ddof=1) for of in HITS.values()]
    assert found.numbers["accuracy_sd"].tolist() == pytest.approx(sd)


def test_the_margin_is_that_of_the_option(written):
    found = judge("a=good/0.npy", "b=good/0.npy", margin=3)
    assert found.pairs["verdict"].tolist() == ["these networks are equal within ±3 points"]
    for text in said(found):
        assert "params.yaml" not in text
    for margin in (0, 100, float("nan")):
        with pytest.raises(Refused, match=r"--margin .*: should be points, above 0 and below 100"):
            judge("good", margin=margin)


@pytest.mark.parametrize("runs", [1, 2])
def test_with_fewer_than_three_runs_nothing_is_better(written, runs):
    names = {
        name: ",".join(f"{name}/{number}.npy" for number in range(runs)) for name in ("good", "bad")
    }
    found = judge(*(f"{name}={files}" for name, files in names.items()))
    assert found.pairs["verdict"].tolist() == ["these networks differ"]
    assert found.numbers["accuracy_low"].isna().all()
    for text in said(found):
        assert "better" not in text
        assert "another seed could turn it round" in text


def test_three_runs_each_are_enough(written):
    found = judge("good", "bad")
    assert found.pairs["verdict"].tolist() == ["better"]
    assert found.ranks.to_numpy().tolist() == [["good", 1, 1], ["bad", 2, 2]]
    for text in said(found):
        assert "these networks" not in text


def test_of_few_runs_beside_many_both_promises_are_said(written):
    found = judge("good", "bad", "one=bad/0.npy")
    verdicts = {(row["first"], row["second"]): row["verdict"] for _, row in found.pairs.iterrows()}
    assert verdicts["good", "bad"] == "better"
    assert verdicts["good", "one"] == "these networks differ"
    text = page.markdown(found)
    assert "| model | test accuracy | rank |" in text
    assert page.figure(found).axes[0].get_xlabel() == "test accuracy, 95 % interval"
    assert "Pairs of models with three runs or more each: In 95 %" in text
    assert "The others: In 95 % of such reports every interval holds" in text


def test_one_model_has_an_accuracy_and_no_pairs(written):
    found = judge("good")
    command.write(found, Path("to"))
    assert pd.read_csv("to/pairs.csv").empty
    assert pd.read_csv("to/ranks.csv").to_numpy().tolist() == [["good", 1, 1]]
    assert "Differences" not in Path("to/judge.html").read_text(encoding="utf-8")
    low, high = pd.read_csv("to/accuracies.csv")[["accuracy_low", "accuracy_high"]].iloc[0]
    assert low < HITS["good"].mean() < high


def test_what_is_no_better_than_chance_is_said_first(written):
    np.save("zeros.npy", np.zeros(IMAGES, int))
    np.save("shifted.npy", np.roll(run(0.9, 1), 1))
    found = judge("good", "zeros.npy", "shifted.npy")
    remarks = found.numbers["at_chance"]
    assert remarks.notna().to_dict() == {"good": False, "zeros": True, "shifted": True}
    assert "run 1 predicts one class for every image (10.0% right)" in remarks["zeros"]
    for text in said(found):
        assert text.index("learned nothing") < text.index("good reaches")


def test_the_files_hold_what_was_found(written, capsys):
    command.main(["good", "one=bad/1.npy", "two=bad/2.npy"], "labels.npy", Path("to"), 0.5)
    printed = capsys.readouterr().out
    found = judge("good", "one=bad/1.npy", "two=bad/2.npy")
    assert printed.startswith(page.text(found))
    accuracies, pairs = (pd.read_csv(f"to/{name}.csv") for name in ("accuracies", "pairs"))
    order = found.numbers.index.tolist()
    assert accuracies["model"].tolist() == order
    assert accuracies["accuracy"].tolist() == pytest.approx(found.numbers["accuracy"].tolist())
    assert accuracies[["runs", "images"]].to_numpy().tolist() == [
        [3, IMAGES],
        [1, IMAGES],
        [1, IMAGES],
    ]
    names = list(found.pairs.columns.drop("seeds"))
    for name in names:
        assert pairs[name].tolist() == found.pairs[name].tolist() or pairs[name].to_numpy(
            float
        ) == pytest.approx(found.pairs[name].to_numpy(float), nan_ok=True)
    one, two = (HITS["bad"][:, number] for number in (1, 2))
    alone = pairs[~pairs["mcnemar_p"].isna()].iloc[0]
    sign = 1 if alone["first"] == "one" else -1
    assert [alone["first_only"], alone["second_only"]] == [
        (one & ~two).sum(), (two & ~one).sum()
    ][::sign]  # fmt: skip
    assert pairs["mcnemar_p"].notna().tolist() == [False, False, True]


def test_a_page_of_many_models_shows_the_pairs_of_the_best(written):
    names = [f"m{number:02}" for number in range(11)]
    found = judge(*(f"{name}=bad/{number % 3}.npy" for number, name in enumerate(names)))
    best = found.numbers.index[0]
    rows = re.findall(r"^\| (m\d\d) − m\d\d \|", page.markdown(found), re.MULTILINE)
    assert rows == [best] * 10
    assert "The other 45 pairs are in pairs.csv" in page.markdown(found)
    assert page.html(found).count(f">{best} − ") == 10
    few = judge(*(f"{name}=bad/{number % 3}.npy" for number, name in enumerate(names[:10])))
    assert len(page.pair_table(few.pairs)) == 45


def test_thirty_models_are_drawn_apart(written):
    long = "a_name_of_forty_characters_that_is_long_"
    found = judge(*(f"{long}{number}=bad/{number % 3}.npy" for number in range(30)))
    drawn = page.figure(found)
    drawn.draw_without_rendering()
    (panel,) = drawn.axes
    labels = [tick for tick in panel.get_yticklabels() if tick.get_text()]
    assert [tick.get_text() for tick in labels] == found.numbers.index.tolist()[::-1]
    boxes = [tick.get_window_extent() for tick in labels]
    assert all(one.y1 < other.y0 for one, other in itertools.pairwise(boxes))
    assert min(box.x0 for box in boxes) >= 0
    ticks = [tick.get_window_extent() for tick in panel.get_xticklabels() if tick.get_text()]
    assert all(one.x1 < other.x0 for one, other in itertools.pairwise(ticks))
    assert panel.get_window_extent().width > 0.4 * drawn.bbox.width


def test_the_figure_has_the_accuracies_and_the_ends(written):
    found = judge("good", "bad")
    (panel,) = page.figure(found).axes
    drawn = [np.array(line.get_xdata()).tolist() for line in panel.lines]
    rows = found.numbers.loc[["bad", "good"]]
    for (interval, mean, dots), (name, row) in zip(
        (drawn[:3], drawn[3:]), rows.iterrows(), strict=True
    ):
        assert interval == pytest.approx([row["accuracy_low"], row["accuracy_high"]])
        assert mean == pytest.approx([row["accuracy"]])
        assert dots == pytest.approx(HITS[str(name)].mean(0).tolist())
    assert panel.get_xlabel() == "test accuracy, 95 % interval"
