"""docs/reference/params.md: every key of params.yaml, from the typed sections that read it.

    python docs/params_page.py

A key's values come from its type, what it means from the docstring beside its field, or else from
WORDS.
"""

import ast
import inspect
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from textwrap import dedent
from typing import Any

from ruamel.yaml import YAML

from archbench.base.params import MOST, Section
from archbench.check import Everything
from archbench.download.config import Folder
from archbench.training.config import Budget
from archbench.training.recipe import Augmentation, EarlyStopping, Recipe

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs/reference/params.md"
SECTIONS: dict[str, tuple[type[Section], str]] = {
    "Top level": (
        Everything,
        "A stage that reads a key runs again when it changes, and so do all that need its results.",
    ),
    "folder": (Folder, "Your own images, where `dataset` is `folder`."),
    "budgets": (
        Budget,
        "`budgets.quick` and `budgets.full`: what a training may take, the same for every "
        "architecture.",
    ),
    "recipes": (
        Recipe,
        "`recipes.tuned` and `recipes.reference`, the two sets, have an entry for each "
        "architecture and the entry `shared`, which holds for all that say nothing else. A key "
        "that is left out has its default.",
    ),
    "augmentation": (Augmentation, "Of a recipe. Steps are taken in this order."),
    "early_stopping": (EarlyStopping, "Of a recipe: two rules on the validation loss."),
}
WORDS = {
    "Top level": {
        "dataset": "Which images. `folder`: your own.",
        "split_seed": "Which training images are held out for validation.",
        "architectures": "What is compared: files in `src/archbench/models`, which are entries of "
        "the recipes too. Each is trained once with each seed.",
        "seeds": "Every random draw of a training follows from its seed.",
        "precision": "Of matrix products and convolutions. `auto`: bf16 where the hardware has it.",
        "compile": "`torch.compile`. `auto`: on a GPU, if one process trains.",
        "processes": "How many train one network together, each on a GPU of its own or on a share "
        "of the cores.",
        "lr": "Empty: each recipe's own. A number is every architecture's learning rate.",
        "epochs": "Empty: each recipe's own. A number is the most of every architecture: "
        "the budget may pay for fewer.",
        "batch_size": "Empty: each recipe's own. A number is every architecture's.",
        "tracker": "Who is told of each epoch while it trains.",
        "gallery_tiles": "Mistakes on each contact sheet.",
        "budget": "How much training every architecture gets. `full`: the recipes as they are.",
        "budgets": "What a training may take: see below.",
        "recipes": "How each architecture is trained: see below.",
    },
    "folder": {
        "path": "Holds `train/<class>/` and, if you have test images, `test/<class>/`.",
        "mirrorable": "Whether a mirrored image keeps its class.",
    },
    "recipes": {
        "optimizer": "timm's names: `momentum` is SGD with momentum, `sgd` the same with "
        "Nesterov's. Under `muon`, AdamW moves biases and norms.",
        "weight_decay": "A step shrinks the weights by this, times the learning rate.",
        "lr": "The highest learning rate of the schedule.",
        "momentum": "Of SGD and Muon.",
        "batch_size": "Images of one update.",
        "epochs": "Passes over the training images.",
        "label_smoothing": "Probability that the targets spread over all classes.",
        "clip_norm": "The largest norm of all gradients together; empty: no bound.",
        "mixup_alpha": "Of Mixup's beta distribution; 0: no Mixup.",
        "cutmix_alpha": "Of CutMix's beta distribution; 0: no CutMix.",
        "ema_decay": "Of the averaged weights, which are what is evaluated; empty: no average.",
        "augmentation": "See below.",
        "early_stopping": "See below.",
    },
    "augmentation": {"padding": "What is beyond the edge: black, or the image mirrored."},
    "early_stopping": {
        "min_delta": "What counts as an improvement, in nats.",
        "delta_overfit": "How far above the best counts as overfitting, in nats.",
    },
}
INTRODUCTION = """# params.yaml

Every knob of the pipeline stands in [`params.yaml`](../../params.yaml). This page is made from the
typed sections that read it, by `python docs/params_page.py`: do not edit it by hand. A key that is
unknown, missing or of another type is refused before anything long begins. `-S key=value` changes a
key for an experiment, `-S section.key=value` one of a section.
"""


def main() -> None:
    PAGE.write_text(page(), encoding="utf-8")


def page() -> str:
    parts = [INTRODUCTION]
    for title, (section, words) in SECTIONS.items():
        parts.append(f"## {title}\n\n{words}\n\n" + "\n".join(table(title, section)) + "\n")
    return "\n".join(parts)


def table(title: str, section: type[Section]) -> Iterator[str]:
    schema = section.model_json_schema()
    meanings = docstrings(section)
    top = section is Everything
    columns = ["key", "values", *([] if top else ["default"]), "what it is"]
    columns += ["read by"] if top else []
    yield "| " + " | ".join(columns) + " |"
    yield "|" + "---|" * len(columns)
    for key in order(section):
        meaning = meanings.get(key) or WORDS[title][key]
        cells = [f"`{key}`", values(schema["properties"][key], schema)]
        cells += [meaning, stages(key)] if top else [default(section, key), meaning]
        yield "| " + " | ".join(cell.replace("<", "\\<") for cell in cells) + " |"


def order(section: type[Section]) -> list[str]:
    """That of params.yaml at the top level, of the declaration elsewhere."""
    if section is Everything:
        return [key for key in PARAMS if key in section.model_fields]
    return list(section.model_fields)


def docstrings(section: type[Section]) -> dict[str, str]:
    """By field, of the class and of those that it inherits from; on one line."""
    found: dict[str, str] = {}
    for owner in section.__mro__:
        if owner is Section or not issubclass(owner, Section):
            continue
        body = ast.parse(dedent(inspect.getsource(owner))).body[0].body  # type: ignore[attr-defined]
        for field, after in pairwise(body):
            match field, after:
                case (
                    ast.AnnAssign(target=ast.Name(id=name)),
                    ast.Expr(value=ast.Constant(value=str(text))),
                ):
                    found.setdefault(name, " ".join(text.split()))
    return found


def values(schema: dict[str, Any], whole: dict[str, Any]) -> str:
    """In words: the kind of value and its bounds."""
    match schema:
        case {"anyOf": kinds}:
            return " or ".join(values(kind, whole) for kind in kinds)
        case {"enum": names}:
            return ", ".join(f"`{name}`" for name in names)
        case {"const": name}:
            return f"`{name}`"
        case {"type": "array", "items": item}:
            return f"a list of: {values(item, whole)}"
        case {"$ref": _} | {"type": "object"} | {"allOf": _}:
            return "a section"
        case {"type": "null"}:
            return "empty"
        case {"type": "boolean"}:
            return "`true`, `false`"
        case {"type": kind}:
            return ", ".join([{"string": "text"}.get(kind, kind), *bounds(schema)])
    return "any"


def bounds(schema: dict[str, Any]) -> Iterator[str]:
    words = {
        "exclusiveMinimum": "above",
        "minimum": "at least",
        "exclusiveMaximum": "below",
        "maximum": "at most",
    }
    for key, word in words.items():
        if key in schema and schema[key] < MOST:
            yield f"{word} {schema[key]:,}"


def default(section: type[Section], key: str) -> str:
    field = section.model_fields[key]
    if field.is_required():
        return "required"
    value = field.get_default(call_default_factory=True)
    if value is None:
        return "empty"
    return "all off" if isinstance(value, Section) else f"`{value}`"


def stages(key: str) -> str:
    """Those of dvc.yaml that name the key among their parameters, or have a run for each value."""
    return ", ".join(
        name
        for name, stage in STAGES.items()
        if any(asked.split(".")[0] == key for asked in stage.get("params", []))
        or f"${{{key}}}" in stage.get("matrix", {}).values()
    )


def read(path: str) -> dict[str, Any]:
    values: dict[str, Any] = YAML(typ="safe").load(ROOT / path)
    return values


PARAMS = read("params.yaml")
STAGES = read("dvc.yaml")["stages"]

if __name__ == "__main__":
    main()
