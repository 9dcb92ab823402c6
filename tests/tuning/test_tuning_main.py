"""The command: every architecture gets as many trials, and bad input ends it before any."""

from contextlib import chdir
from pathlib import Path

import pandas as pd
import pytest

from archbench.base import files, params
from archbench.base.errors import Refused
from archbench.tuning import __main__ as tuning
from archbench.tuning import trials

PARAMS = Path("params.yaml").resolve()


@pytest.fixture
def ran(tmp_path, monkeypatch):
    """The trials that were asked for; one of a larger `lr` is better up to 0.1."""
    asked = []

    def run(recipe, architecture, seed, number, setting):
        asked.append((recipe, architecture, seed, number))
        row = {"architecture": architecture, "trial": number, "lr": setting.lr}
        rest = {"weight_decay": 0.01, "label_smoothing": 0.1, "crop": setting.crop}
        return row | rest | {"validation_accuracy": 0.5 + setting.lr * (setting.lr < 0.1)}

    monkeypatch.setattr(trials, "run", run)
    monkeypatch.setattr(trials, "refuse_changes", lambda: None)
    (tmp_path / "params.yaml").write_text(PARAMS.read_text())
    with chdir(tmp_path):
        yield asked


def test_all_architectures_have_the_same_number_of_trials_one_after_the_other(ran, capsys):
    tuning.main([], 3, Path("to"))
    names = params.load()["architectures"]
    assert [(name, number) for _, name, _, number in ran] == [
        (name, number) for number in range(3) for name in names
    ]
    assert {(recipe, seed) for recipe, name, seed, _ in ran if name == "mlp"} == {
        ("recipes.tuned.mlp", 0)
    }
    table = files.read_table(Path("to/tuning.csv"))
    assert table["architecture"].value_counts().tolist() == [3] * len(names)
    assert Path("to/tuning.md").read_text().strip() in capsys.readouterr().out
    assert Path("to/tuning.svg").read_text().startswith("<svg")


def test_the_last_words_are_the_command_that_takes_the_best_settings(ran, capsys):
    tuning.main(["resnet18", "vit"], 8, Path("to"))
    table = pd.read_csv("to/tuning.csv").query("architecture == 'resnet18'")
    best = table.sort_values("validation_accuracy").to_dict("records")[-1]
    command = capsys.readouterr().out.partition("dvc exp run")[2]
    assert f"-S '++recipes.tuned.resnet18.lr={best['lr']}'" in command
    assert f"-S '++recipes.tuned.resnet18.augmentation.crop={best['crop']}'" in command
    assert "-S '++recipes.tuned.vit.lr=" in command


@pytest.mark.parametrize(
    ("names", "count", "change", "message"),
    [
        (["resnet19"], 8, "", r"recipes\.tuned: 'resnet19' is unknown; did you mean 'resnet18'"),
        ([], 0, "", "--trials 0: should be at least 1"),
        ([], 8, "lr: 0.1", r"lr = 0\.1: should be empty"),
    ],
)
def test_bad_input_is_refused_before_any_trial(ran, names, count, change, message):
    if change:
        text = Path("params.yaml").read_text()
        Path("params.yaml").write_text(text.replace("\nlr:\n", f"\n{change}\n"))
    with pytest.raises(Refused, match=message):
        tuning.main(names, count, Path("to"))
    assert ran == []
