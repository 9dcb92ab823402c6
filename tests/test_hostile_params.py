"""Whatever stands in params.yaml, check ends in one short line that names the key.

Each value is written as `dvc exp run -S` or an editor would leave it, and parsed as DVC does.
"""

from copy import deepcopy
from functools import cache
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from archbench.base import params
from archbench.base.errors import Refused
from archbench.check import check

COMMITTED = YAML(typ="safe").load(Path(__file__).parents[1] / "params.yaml")
RECIPE = "recipes.tuned.mlp"
EVERY_KEY = [
    *("dataset", "folder", "folder.path", "folder.image_size"),
    *("folder.mirrorable", "folder.skip_bad", "validation", "split_seed", "architectures", "seeds"),
    *(
        "recipe",
        "budget",
        "precision",
        "compile",
        "processes",
        "lr",
        "epochs",
        "batch_size",
        "test_time_flip",
    ),
    *(
        "robustness",
        "human_labels",
        "tracker",
        "equivalence_margin",
        "exports",
        "external",
        "gallery_tiles",
        "budgets",
        "budgets.quick",
    ),
    *("budgets.quick.petaflop", "budgets.full.petaflop", "budgets.quick.regularisation"),
    *("recipes", "recipes.tuned", "recipes.tuned.shared", RECIPE, f"{RECIPE}.optimizer"),
    *(f"{RECIPE}.{name}" for name in ("lr", "momentum", "weight_decay", "batch_size", "epochs")),
    *(f"{RECIPE}.{name}" for name in ("schedule", "warmup", "milestones", "vector_lr_scale")),
    *(f"{RECIPE}.{name}" for name in ("train_images", "quick")),
    *(f"{RECIPE}.{name}" for name in ("clip_norm", "mixup_alpha", "ema_decay", "augmentation")),
    *(f"{RECIPE}.augmentation.{name}" for name in ("crop", "flip", "hue", "padding")),
    *(f"{RECIPE}.{name}" for name in ("early_stopping", "init_from", "fine_tune", "options")),
    *(f"{RECIPE}.options.{name}" for name in ("widths", "dropout")),
]
ANYWHERE = [
    *(
        "-1e308",
        "-1",
        "[[[[[]]]]]",
        "{a: {b: {c: [1, 2]}}}",
        "-.inf",
        "2020-02-30x",
        "!!binary aGk=",
    ),
    *(f'"{text}"' for text in ("\\0", "\\e[31mred", "a\\nb\\nc", "x\\u202Egnp.exe", "İ💥é")),
    *("x" * 245_000, "9" * 4000, f"0x{'f' * 4000}", f"[{'1, ' * 2000}]"),
]
"""No key takes one of these."""
BAD = [
    ("folder.path", "x" * 5000),
    ("folder.path", "a" * 300),
    ("folder.path", "/root/\\0/x"),
    ("folder.path", ""),
    ("folder.path", "~"),
    ("data_directory", '""'),
    ("data_directory", "3"),
    ("data_directory", '"a\\nb"'),
    ("data_directory", f"/{'d/' * 5000}"),
    ("dataset", "../../etc"),
    ("lr", "1e308"),
    ("lr", "1e999"),
    ("lr", ".nan"),
    ("lr", "1" + "0" * 400),
    ("lr", "[0.1]"),
    ("lr", "no"),
    ("lr", "[" * 20_000 + "]" * 20_000),
    ("recipes", "[" * 20_000 + "]" * 20_000),
    ("epochs", "10000000000000"),
    ("epochs", "1.0"),
    ("epochs", "1e3"),
    ("budgets.quick.petaflop", "0"),
    ("budgets.quick.petaflop", "-0.0"),
    ("budgets.quick.petaflop", "1e400"),
    ("budgets.quick.petaflop", "1e7"),
    ("budgets.quick.petaflop", ".nan"),
    ("budgets.quick.petaflop", "a lot"),
    ("budgets.quick.petaflop", "'0.05'"),
    ("budgets.quick.petaflop", "[0.05]"),
    ("budgets.quick.petaflop", "{cpu: 0.05}"),
    ("budgets.quick.epochs", "3"),
    ("budgets.slow", "{petaflop: 1, regularisation: }"),
    ("batch_size", "1000000000000"),
    ("batch_size", "50000"),
    ("seeds", "0"),
    ("seeds", ""),
    ("seeds", "{0: 1}"),
    ("seeds", "[0.0]"),
    ("seeds", "[4294967296]"),
    ("seeds", "[0, 0]"),
    ("seeds", "[null]"),
    ("seeds", f"[{', '.join(map(str, range(1001)))}]"),
    ("architectures", "mlp"),
    ("architectures", ""),
    ("architectures", "['../../x']"),
    ("architectures", "['/etc/passwd']"),
    ("architectures", "[mlp, mlp]"),
    ("architectures", "[[mlp]]"),
    ("architectures", "{mlp: true}"),
    ("architectures", "[shared]"),
    ("architectures", "['mlp ']"),
    ("architectures", f"[{'y' * 10_000}]"),
    ("architectures", '["mlp\\n"]'),
    ("split_seed", "-1"),
    ("validation", "0.0"),
    ("validation", "99999999999999999999999"),
    ("validation", f"0x{'f' * 5000}"),
    ("equivalence_margin", "1e308"),
    ("external", "{a: 3}"),
    ("external", "{3: a}"),
    ("external", "{'../../x': a}"),
    ("external", f"{{a: {'z' * 300}}}"),
    ("external", f"{{{'y' * 10_000}: a}}"),
    ("external", '{a: "x\\ny"}'),
    ("gallery_tiles", "1e6"),
    ("gallery_tiles", "100000000"),
    (f"{RECIPE}.weight_decay", "1e300"),
    (f"{RECIPE}.momentum", "1.1"),
    (f"{RECIPE}.clip_norm", "1e300"),
    (f"{RECIPE}.vector_lr_scale", "1e300"),
    (f"{RECIPE}.min_lr", "1e300"),
    (f"{RECIPE}.milestones", "[]"),
    (f"{RECIPE}.milestones", "[1e300]"),
    (f"{RECIPE}.mixup_alpha", "1e300"),
    (f"{RECIPE}.checkpoint_every", "0"),
    (f"{RECIPE}.options", "{widths: [1000000000000]}"),
    (f"{RECIPE}.options", "{widths: 'abc'}"),
    (f"{RECIPE}.options", f"{{widths: [{'8, ' * 200}]}}"),
    (f"{RECIPE}.options", "{1: 2}"),
    (f"{RECIPE}.options", '{"a\\nb": 2}'),
    (f"{RECIPE}.init_from", "/abs/x.safetensors"),
    (f"{RECIPE}.init_from", "../../x.safetensors"),
    (f"{RECIPE}.init_from", "a/../../../x.safetensors"),
    (f"{RECIPE}.init_from", "."),
    (f"{RECIPE}.init_from", '""'),
    (f"{RECIPE}.init_from", f"timm:{'z' * 10_000}"),
    (f"{RECIPE}.init_from", f"{'z' * 255}/x"),
    (f"{RECIPE}.init_from", '"a\\0b"'),
    (f"{RECIPE}.1", "2"),
    (f"{RECIPE}.{'k' * 10_000}", "2"),
    (f"recipes.tuned.{'k' * 10_000}", "{lr: -1}"),
    ('recipes.tuned."a\\nb"', "{lr: -1}"),
    ("recipes.best", "{shared: }"),
    ("k" * 100_000, "1"),
    ('"\\e[2J"', "1"),
    ("1", "1"),
]
NAMED = {
    'recipes.tuned."a\\nb"': r"recipes.tuned.'a\nb'.lr",
    '"\\e[2J"': r"'\x1b[2J' is unknown",
    f"recipes.tuned.{'k' * 10_000}": f"recipes.tuned.'{'k' * 50}'.lr",
    "k" * 100_000: "k" * 50,
}
"""Keys that are not shown as they are."""
CASES = [*BAD, *((key, value) for key in EVERY_KEY for value in ANYWHERE)]


@cache
def parse(value: str) -> object:
    return params.parse(f"x: {value}")["x"]


def refusal(key: str, value: str) -> str:
    """Of check, or of the parser where it comes first."""
    values = deepcopy(COMMITTED)
    section, (*parents, last) = values, [YAML(typ="safe").load(part) for part in key.split(".")]
    for parent in parents:
        section = section.setdefault(parent, {})
    try:
        section[last] = parse(value)
        check(values)
    except Refused as refused:
        return str(refused)
    return "accepted"


@pytest.mark.parametrize("key", dict(CASES), ids=lambda key: key[:50])
def test_one_short_line_names_the_key(key):
    for value in (value for case, value in CASES if case == key):
        line = refusal(key, value)
        assert line.startswith("params.yaml: "), line
        assert line.isprintable(), repr(line)
        assert len(line) < 400
        if "cannot be read" not in line:
            assert NAMED.get(key, ".".join(key.split(".")[:2])) in line, line


def test_as_many_are_tried_as_is_said():
    assert len({value for _, value in CASES}) > 60
    assert len(set(CASES)) > 200
