"""The runs behind docs/claims.md: each system as its authors ran it and as we do, and comparisons.

    python benchmarks/studies.py [--budget quick] [--seeds 1] [STUDY ...]

Trains what is missing, and leaves one row per run in results/studies.json. A row carries two keys:
`settings`, of recipe, data and the code that trains, and `evaluation`, of the code that turns
predictions into numbers. Rows of other settings are dropped; rows of another evaluation are made
again from the predictions that `.studies/runs/<settings>/<seed>` keeps, without training. Cut off,
a training goes on where it was. `--data` holds all that, and a folder for each data set; what is
missing is downloaded there.
"""

import argparse
import shutil
from pathlib import Path
from typing import Any, NamedTuple

import accuracy
import keys
import measure
import runs

from archbench.base import errors, files, params
from archbench.training.config import Training
from archbench.training.recipe import PRETRAINED, Recipe

ROWS = measure.RESULTS / "studies.json"
Rows = list[dict[str, Any]]


class Study(NamedTuple):
    """One architecture under one recipe."""

    architecture: str
    changes: dict[str, Any]
    """Of params.yaml, by dotted key, as `dvc exp run -S` would make them."""
    kept: bool = False
    """Leave the weights in data/pretrained for another study."""


def reference(architecture: str, **changes: Any) -> Study:
    return Study(architecture, {"recipe": "reference"} | changes)


def tuned(architecture: str, own: dict[str, Any] | None = None, **changes: Any) -> Study:
    """`own` changes the architecture's recipe, by dotted key."""
    recipe = {f"recipes.tuned.{architecture}.{key}": value for key, value in (own or {}).items()}
    return Study(architecture, recipe | changes)


RESIDUAL: dict[str, Any] = {
    "epochs": 20,
    "weight_decay": 0.02,
    "label_smoothing": 0.1,
    "augmentation.crop": 4,
}
LONG: dict[str, dict[str, Any]] = {
    "mlp": {"epochs": 150, "lr": 0.003, "label_smoothing": 0.02, "options.dropout": 0.0},
    "se_resnet": RESIDUAL,
    "stochastic_depth_resnet": RESIDUAL,
    "resnet18": {
        "epochs": 16,
        "lr": 0.03,
        "weight_decay": 0.05,
        "label_smoothing": 0.1,
        "augmentation.erase": 0.3,
    },
    "resnet34": {"epochs": 5},
    "speednet": {
        "epochs": 22,
        "weight_decay": 0.04,
        "progressive_resizing": 0.3,
        "augmentation.crop": 4,
        "augmentation.erase": 0.5,
        "options.widths": [128, 384, 384],
    },
}
"""What the tuned recipes, searched at the quick budget, have otherwise at full length. They come
from trials by hand (NOTES.md), but stochastic_depth_resnet took over those of se_resnet, and
resnet34 has half its authors' epochs, to save time, and nothing else was tried for it."""


def long(architecture: str, **changes: Any) -> Study:
    """The tuned recipe at full length."""
    return tuned(architecture, LONG[architecture], **({"budget": "full"} | changes))


MNIST: dict[str, Any] = {"dataset": "mnist", "validation": 0.1, "budget": "full"}
FASHION: dict[str, Any] = {"dataset": "fashion_mnist"}
BEGUN = {"init_from": "se_resnet-tuned.safetensors"}
STUDIES = {
    "mlp-mnist-reference": reference("mlp", **MNIST),
    "mlp-mnist-tuned": tuned("mlp", **MNIST),
    "mlp-mnist-long": long("mlp", **MNIST),
    "se_resnet-reference": reference("se_resnet"),
    "se_resnet-tuned": tuned("se_resnet")._replace(kept=True),
    "se_resnet-long": long("se_resnet"),
    "stochastic_depth_resnet-reference": reference("stochastic_depth_resnet"),
    "stochastic_depth_resnet-tuned": tuned("stochastic_depth_resnet"),
    "stochastic_depth_resnet-long": long("stochastic_depth_resnet"),
    "resnet18-reference": reference("resnet18", validation=10_000),
    "resnet18-tuned": tuned("resnet18"),
    "resnet18-long": long("resnet18"),
    "resnet34-reference": reference("resnet34"),
    "resnet34-tuned": tuned("resnet34"),
    "resnet34-long": long("resnet34"),
    **{
        f"stem-{stem}": tuned("resnet34", {"options.stem": stem}, epochs=1)
        for stem in ("imagenet", "small")
    },
    "speednet-long": long("speednet"),
    "vit-tuned": tuned("vit"),
    "convnext-tuned": tuned("convnext"),
    **{
        f"depth-{name}-{depth}": tuned(name, {"options.depth": depth})
        for depth in (8, 20, 56)
        for name in ("plain_cnn", "residual_cnn")
    },
    **{
        f"depth-mlp-{kind}-{depth}": tuned(
            "residual_mlp", {"options.depth": depth, "options.skips": kind == "residual"}
        )
        for depth in (2, 8, 32)
        for kind in ("plain", "residual")
    },
    **{
        f"smoothing-{smoothing}": tuned("se_resnet", {"label_smoothing": smoothing})
        for smoothing in (0.0, 0.2)
    },
    **{
        f"stopping-{off}-off": reference(
            "mlp", epochs=50, **{f"recipes.reference.mlp.early_stopping.{off}": None}
        )
        for off in ("patience", "overfit_patience")
    },
    "fashion-scratch": tuned("se_resnet", **FASHION),
    "fashion-full": tuned("se_resnet", BEGUN, **FASHION),
    "fashion-layer-decay": tuned("se_resnet", BEGUN | {"layer_decay": 0.7}, **FASHION),
    "fashion-probe": tuned("se_resnet", BEGUN | {"fine_tune": "linear_probe"}, **FASHION),
}


def asked(study: Study, budget: str) -> tuple[Training, dict[str, Any]]:
    """The typed parameters and all of params.yaml, as the study changes it."""
    changes = {"budget": budget} | study.changes
    return accuracy.asked(changes), accuracy.change(params.load(), changes)


def settings(study: Study, budget: str) -> str:
    """The training key: of all that decides the weights but the seed and the machine."""
    training, values = asked(study, budget)
    recipe = training.recipe_of(study.architecture)
    source = origin(recipe)
    return keys.digest(
        {
            "architecture": study.architecture,
            "recipe": recipe.model_dump(exclude_defaults=True),
            "petaflop": training.selected_budget.petaflop,
            "data": [values[key] for key in ("dataset", "validation", "split_seed")],
            "code": keys.training_code(study.architecture),
            "begins from": settings(STUDIES[source], budget) if source else None,
        }
    )


def origin(recipe: Recipe) -> str | None:
    """The study whose weights the recipe begins from: those of its first seed, same budget."""
    name = (recipe.init_from or "").removesuffix(".safetensors")
    return name if name in STUDIES else None


def evaluation() -> str:
    return keys.digest(keys.evaluation_code())


def made(name: str, seed: int, budget: str, folder: Path) -> Path:
    """The run's folder: trained if it is not there, after the run that it begins from."""
    study = STUDIES[name]
    place = folder / "runs" / settings(study, budget) / str(seed)
    if not runs.is_whole(place, kept=study.kept):
        training, values = asked(study, budget)
        if source := origin(training.recipe_of(study.architecture)):
            restore(made(source, 0, budget, folder) / runs.WEIGHTS, f"{source}.safetensors")
        print(f"{name}, seed {seed}", flush=True)
        data = runs.load(values, folder)
        runs.train(training, study.architecture, seed, data, place, kept=study.kept)
    return place


def restore(weights: Path, name: str) -> None:
    """Put weights where a recipe's `init_from` looks for them."""
    if not weights.exists():
        raise errors.Refused(f"{weights} is missing: its study must keep its weights")
    with files.atomic(PRETRAINED / name) as temporary:
        shutil.copyfile(weights, temporary)


def is_current(row: dict[str, Any]) -> bool:
    """Trained as its study is now, by the code as it is now."""
    study = STUDIES.get(row["study"])
    return study is not None and row["settings"] == settings(study, row["budget"])


def fresh(rows: Rows) -> Rows:
    """Of today's settings and evaluation both."""
    today = evaluation()
    return [row for row in rows if row.get("evaluation") == today and is_current(row)]


def renewed(rows: Rows, folder: Path) -> Rows:
    """The fresh rows, and those that kept predictions make fresh."""
    today = evaluation()
    old = [row for row in rows if row.get("evaluation") != today and is_current(row)]
    found = [(row, folder / "runs" / row["settings"] / str(row["seed"])) for row in old]
    return fresh(rows) + [
        {key: row[key] for key in ("study", "seed", "settings", "revision")}
        | {"evaluation": today}
        | runs.row(place)
        for row, place in found
        if runs.is_whole(place, kept=False)
    ]


def read() -> Rows:
    return files.read_json(ROWS) if ROWS.exists() else []


def write(rows: Rows) -> None:
    order = list(STUDIES)
    files.write_json(ROWS, sorted(rows, key=lambda row: (order.index(row["study"]), row["seed"])))


def identity(name: str, seed: int, budget: str) -> dict[str, Any]:
    """What tells a row from others, and a fresh one from a stale one."""
    settled = settings(STUDIES[name], budget)
    return {"study": name, "seed": seed, "settings": settled, "evaluation": evaluation()}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("studies", nargs="*", metavar="STUDY", help=", ".join(STUDIES))
    parser.add_argument("--budget", choices=("quick", "full"), default="quick")
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--data", type=Path, default=Path(".studies"))
    options = parser.parse_args()
    if unknown := set(options.studies) - set(STUDIES):
        parser.error(f"unknown: {', '.join(unknown)}; known are: {', '.join(STUDIES)}")
    write(renewed(read(), options.data))
    names = options.studies or list(STUDIES)
    wanted = [
        identity(name, seed, options.budget) for seed in range(options.seeds) for name in names
    ]
    for key in wanted:
        name, seed = key["study"], key["seed"]
        if key != identity(name, seed, options.budget):
            raise errors.Refused(f"{name}: code or params.yaml changed meanwhile: start again")
        if not any(key.items() <= row.items() for row in read()):
            row = runs.row(made(name, seed, options.budget, options.data))
            revision = {"revision": keys.revision(STUDIES[name].architecture)}
            write([*read(), key | revision | row])


if __name__ == "__main__":
    errors.run(main)
