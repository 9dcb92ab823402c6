"""Hostile values in params.yaml: check refuses each in a short line that names its key."""

import copy
import shutil
from collections.abc import Iterator
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import stage
from ruamel.yaml import YAML
from trials import ROOT, Trial, chance, require

LEAST = 480
NUMBERS = ("nan", "infinity", "-1", "-0.5", "1e308", "10^30", "10^400")
ODD = {"__class__": 1, "0": {"a": []}}
HOSTILE: dict[str, Any] = {
    "nan": float("nan"),
    "infinity": float("inf"),
    "-1": -1,
    "-0.5": -0.5,
    "1e308": 1e308,
    "1e-400 as text": "1e-400",
    "10^30": 10**30,
    "10^400": 10**400,
    "a word": "abc",
    "no text": "",
    "blank text": " ",
    "245 kB of text": "x" * 245_000,
    "a control character": "a\x1b[2Jb\x00",
    "a line break": "a\nTraceback: b",
    "a path upwards": "../../etc",
    "an absolute path": "/nowhere/at/all",
    "an option": "--force",
    "markup": "<script>alert(1)</script>",
    "a template": "${budget}",
    "an empty list": [],
    "a list of lists": [[[]]],
    "a list of 10^12": [10**12],
    "a list of words": ["../../x", "--help"],
    "an empty mapping": {},
    "a strange mapping": ODD,
    "a date": date(2020, 1, 1),
}
RIGHTLY = {
    ("data_directory", str): "a folder that is not there is passed over aloud",
    ("options", dict): "none",
    ("augmentation", dict): "none",
    ("early_stopping", dict): "none",
    ("recipe", dict): "the shared one",
}
"""Of which keys an empty mapping, or any text, is meant; every other pair must be refused."""
ADDED = (
    "momentum", "weight_decay", "train_images", "min_lr", "decay", "milestones", "vector_lr_scale",
    "plateau_patience", "clip_norm", "mixup_alpha", "cutmix_alpha", "ema_decay", "layer_decay",
    "init_from", "fine_tune", "early_stopping", "checkpoint_every", "schedule", "optimizer",
)  # fmt: skip
"""Fields of a recipe that params.yaml leaves out."""
BILLIONS = [b"%c: &%c [%s]\n" % (n, n, b",".join([b"*%c" % (n - 1)] * 9)) for n in b"bcdefghij"]
TEXTS = {
    "nothing": b"",
    "one word": b"x",
    "a list": b"- 1\n",
    "no YAML": b"a: [1, }",
    "a tab": b"a:\n\t- 1\n",
    "no text": b"\xff\xfe\x00dataset: \x80",
    "NUL": b"dataset: a\x00b\n",
    "twice": b"dataset: mnist\ndataset: cifar10\n",
    "an unknown anchor": b"dataset: *x\n",
    "an object": b"dataset: !!python/object/apply:os.system ['touch owned']\n",
    "billions": b"a: &a [1]\n" + b"".join(BILLIONS),
    "deep": b"dataset: " + b"[" * 5000 + b"]" * 5000,
    "two documents": b"dataset: cifar10\n---\ndataset: mnist\n",
    "a huge integer": b"split_seed: " + b"9" * 5000,
}  # fmt: skip
"""Whole files."""

Key = tuple[str, ...]


def trials(folder: Path) -> Iterator[Trial]:
    stage.warm("check")
    root = folder / "copy"
    (root / "data/folder").mkdir(parents=True)
    shutil.copytree(ROOT / "data/pretrained", root / "data/pretrained")
    values = YAML(typ="safe").load(ROOT / "params.yaml")
    keys = [*leaves(values), *(("recipes", "tuned", "mlp", name) for name in ADDED)]
    for number in range(LEAST - len(TEXTS)):
        random = chance("parameters", number)
        round, place = divmod(number, len(keys))
        key, name = keys[place], random.choice(NUMBERS if round == 1 else list(HOSTILE))
        attempt = partial(refuse_value, root, values, key, HOSTILE[name])
        yield Trial(f"{'.'.join(key)} = {name}", attempt)
    for name, text in TEXTS.items():
        yield Trial(f"params.yaml with {name}", partial(refuse_text, root, text))


def leaves(values: Any, within: Key = ()) -> Iterator[Key]:
    """Every key, of mappings too, but for the names of architectures."""
    for key, value in values.items():
        if isinstance(value, dict):
            yield from leaves(value, (*within, key))
        yield (*within, key)


def refuse_value(root: Path, values: dict[str, Any], key: Key, hostile: Any) -> str | None:
    changed = copy.deepcopy(values)
    inner = changed
    for name in key[:-1]:
        inner[name] = inner[name] or {}
        inner = inner[name]
    inner[key[-1]] = hostile
    put_to_use(changed, key)
    with (root / "params.yaml").open("w") as file:
        YAML(typ="safe").dump(changed, file)
    done = stage.run(root, "check")
    if done.status == 0:
        name = "recipe" if len(key) == 3 and key[0] == "recipes" else key[-1]
        require((name, type(hostile)) in RIGHTLY and hostile != ODD, "accepted")
        return "accepted"
    stage.require_refusal(done, key[-1])
    return None


def put_to_use(values: dict[str, Any], key: Key) -> None:
    """A recipe is checked where it is asked for, so it is."""
    if key[0] == "recipes" and len(key) > 2 and key[2] != "shared":
        values["recipe"], values["architectures"], values["budget"] = key[1], [key[2]], "full"


def refuse_text(root: Path, text: bytes) -> None:
    (root / "params.yaml").write_bytes(text)
    stage.require_refusal(stage.run(root, "check"), "params.yaml")
    require(not (root / "owned").exists(), "a command of the file was run")
