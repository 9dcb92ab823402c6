"""Stage train: one architecture, one seed → weights, learning curve and a record of the run."""

import start

import sys
from pathlib import Path

from archbench.base import errors, files, params
from archbench.training.config import SHARED, Chosen, Training

DATA = Path("data")
IMAGES = ("train/images.npy", "train/labels.npy")
SPLIT = ("split/train.npy", "split/validation.npy")


def main(architecture: str, seed: str) -> None:
    chosen = params.read(Chosen)
    recipes = [f"recipes.{chosen.recipe}.{name}" for name in (SHARED, architecture)]
    asked = params.read(Training, f"budgets.{chosen.budget}", *recipes)
    from archbench.networks import weights  # torch takes seconds: only if the parameters hold
    from archbench.training import checkpoint, loop, run, tracking

    inputs = [DATA / name for name in IMAGES + SPLIT]
    about = files.read_json(DATA / "dataset.json")
    for name in IMAGES:
        files.verify(DATA / name, about["sha256"][name])
    task = run.make_task(asked, architecture, int(seed), about, *map(files.read_array, inputs))
    model = run.make_model(architecture, task)
    models, record = (DATA / kind / architecture / seed for kind in ("models", "runs"))
    identity = run.identity(architecture, task, model)
    name = f"{architecture}-{seed}-{checkpoint.fingerprint(identity, inputs)}"
    with (
        checkpoint.exclusive(Path(".resume") / name) as directory,
        tracking.open_tracker(asked.tracker, Path("tracking") / name, identity["recipe"]) as log,
    ):
        trained = loop.fit(model, task, directory, log)
        kept = {"best.safetensors": trained.best, "last.safetensors": trained.last}
        for file, values in kept.items():
            weights.write(models / file, values)
        files.write_table(record / "curve.csv", run.curve_table(trained))
        ran = run.record(asked, architecture, model, task, trained)
        ran["weights"] = {file: files.sha256(models / file) for file in kept}
        files.write_record(record / "run.json", ran)
        checkpoint.leave(directory, models)


if __name__ == "__main__":
    errors.run(main, *sys.argv[1:])
