"""Whatever the format of a file, the same predictions are the same hits and the same scores."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from archbench.base.errors import Refused
from archbench.base.predictions import make_table
from archbench.evaluation import calibration, metrics
from archbench.judge import labels, reading, runs


def judged(path, asked="labels.npy"):
    return runs.judge(reading.read(Path(path)), labels.find(asked, []))


def numbers(folder) -> list[int]:
    return folder.predicted.tolist()


def names(folder) -> list[str]:
    return [folder.classes[number] for number in folder.predicted]


CLASSES = {
    "column.csv": lambda f, p: f.write(p, "x,prediction", *([9, n] for n in numbers(f))),
    "single.csv": lambda f, p: f.write(p, "whatever", *numbers(f)),
    "no_header.csv": lambda f, p: f.write(p, *numbers(f)),
    "byte_order_mark.csv": lambda f, p: f.write(p, "\ufeffprediction", *numbers(f)),
    "floats.csv": lambda f, p: np.savetxt(p, f.predicted),
    "spaces.csv": lambda f, p: f.write(
        p, "prediction, index", *(f"{n}, {i}" for i, n in enumerate(numbers(f)))
    ),
    "shuffled.csv": lambda f, p: f.write(
        p, "index,prediction", *([i, numbers(f)[i]] for i in reversed(range(12)))
    ),
    "byte_order_mark.json": lambda f, p: f.write(p, "\ufeff" + json.dumps(numbers(f))),
    "numbers.json": lambda f, p: f.write(p, json.dumps(numbers(f))),
    "digits.json": lambda f, p: f.write(p, json.dumps(list(map(str, numbers(f))))),
    "int.npy": lambda f, p: np.save(p, f.predicted.astype(np.uint8)),
    "float.npy": lambda f, p: np.save(p, f.predicted.astype(np.float32)),
    "text.npy": lambda f, p: np.save(p, f.predicted.astype(str)),
    "one.npz": lambda f, p: np.savez(p, f.predicted),
    "label.npz": lambda f, p: np.savez(p, any=f.predicted, label=f.labels),
}


@pytest.mark.parametrize("name", CLASSES)
def test_classes(folder, name):
    CLASSES[name](folder, name)
    found = judged(name)
    assert found.hits.T.tolist() == [folder.right.tolist()]
    assert found.scores == {}


def shuffled(folder, names: list[str]) -> list[list[object]]:
    """The rows with their index, backwards and with the columns of `names` in their order."""
    table = pd.DataFrame(folder.probabilities, columns=folder.classes)[names]
    return [[i, *table.iloc[i]] for i in reversed(range(len(table)))]


def own(folder, path):
    table = make_table(0, folder.labels, folder.probabilities, ["0", "1", "2"])
    table.to_csv(path, index=False)


PROBABILITIES = {
    "columns.csv": lambda f, p: f.write(p, "0,1,2", *f.rows()),
    "no_header.csv": lambda f, p: f.write(p, *f.rows()),
    "label.csv": lambda f, p: f.write(
        p,
        "label,2,1,0",
        *([label, *row[::-1]] for label, row in zip(f.labels, f.rows(), strict=True)),
    ),
    "lists.json": lambda f, p: f.write(p, json.dumps(f.rows())),
    "float64.npy": lambda f, p: np.save(p, f.probabilities),
    "named.npz": lambda f, p: np.savez(
        p, probabilities=f.probabilities[::-1], index=np.arange(12)[::-1]
    ),
    "own.csv": own,
}


@pytest.mark.parametrize("name", PROBABILITIES)
def test_probabilities(folder, name):
    PROBABILITIES[name](folder, name)
    found = judged(name)
    table = make_table(0, folder.labels, folder.probabilities, folder.classes)
    assert found.hits.T.tolist() == [folder.right.tolist()]
    assert found.scores == pytest.approx(
        {
            "loss": metrics.cross_entropy(table),
            "brier": metrics.brier(table),
            "ece": calibration.expected_calibration_error(table),
        }
    )


def test_names_of_classes_say_the_order_of_columns(folder):
    folder.write("labels.csv", "label", *(folder.classes[number] for number in folder.labels))
    folder.write("class.csv", "prediction", *names(folder))
    order = ["<frog>", "cat", "dog"]
    folder.write("p.csv", ["index", *order], *shuffled(folder, order))
    for name in ("class.csv", "p.csv"):
        assert judged(name, "labels.csv").hits.T.tolist() == [folder.right.tolist()]


def test_a_class_that_no_label_has_may_have_a_column(folder):
    rest = [[*(0.5 * value for value in row), 0.5] for row in folder.rows()]
    folder.write("wide.csv", "0,1,2,3", *rest)
    np.save("wide.npy", np.array(rest))
    for name in ("wide.csv", "wide.npy"):
        found = judged(name)
        assert not found.hits[folder.probabilities.max(1) < 1].any()
        assert found.scores["loss"] == pytest.approx(
            -np.log(0.5 * folder.probabilities[np.arange(12), folder.labels]).mean()
        )


def test_each_seed_of_archbench_s_own_table_is_a_run(folder):
    tables = [
        make_table(seed, folder.labels, np.roll(folder.probabilities, seed, 0), ["0", "1", "2"])
        for seed in range(3)
    ]
    pd.concat(tables).to_csv("predictions.csv", index=False)
    found = judged("predictions.csv")
    expected = [table["prediction"] == table["label"] for table in tables]
    assert found.hits.T.tolist() == [each.tolist() for each in expected]


def test_a_seed_s_rows_are_refused_by_its_name(folder):
    rows = [[seed, i, i % 3] for seed in (0, 1) for i in range(12)]
    folder.write("two.csv", "seed,index,prediction", *rows[:-1], [1, 10, 0])
    with pytest.raises(Refused, match=r"^two\.csv, seed '1': row 12: '10': index: row 11 has it"):
        judged("two.csv")


def test_one_hot_rows_without_a_header_are_no_header(folder):
    folder.write("one_hot.csv", *np.eye(3, dtype=int)[folder.predicted].tolist())
    found = judged("one_hot.csv")
    assert found.hits.T.tolist() == [folder.right.tolist()]
    assert found.scores["brier"] == pytest.approx(2 * (1 - folder.right.mean()))


def test_scores_are_means_over_runs_and_none_where_one_has_none(folder):
    np.save("a.npy", folder.probabilities)
    np.save("b.npy", folder.probabilities[:, [1, 2, 0]])
    np.save("c.npy", folder.predicted)
    truth = labels.find("labels.npy", [])
    sheets = [reading.read(Path(f"{name}.npy"))[0] for name in "abc"]
    one, other, both = (
        runs.judge(some, truth).scores for some in (sheets[:1], sheets[1:2], sheets[:2])
    )
    for name in runs.SCORES:
        assert one[name] != other[name]
        assert both[name] == pytest.approx((one[name] + other[name]) / 2)
    assert runs.judge(sheets, truth).scores == {}


def test_half_precision_sums_to_one_nearly_enough(folder):
    np.save("half.npy", folder.probabilities.astype(np.float16))
    assert judged("half.npy").hits.T.tolist() == [folder.right.tolist()]
