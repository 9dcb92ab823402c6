"""Stage train: one architecture, one seed → weights, learning curve and a record of the run."""

import sys
from pathlib import Path

from archbench import errors, files, params
from archbench.training.config import SHARED, Chosen, Training

DATA = Path("data")
INPUTS = ("train/images.npy", "train/labels.npy", "split/train.npy", "split/validation.npy")


def main(architecture: str, seed: str) -> None:
    chosen = params.read(Chosen)
    recipes = [f"recipes.{chosen.recipe}.{name}" for name in (SHARED, architecture)]
    asked = params.read(Training, f"budgets.{chosen.budget}", *recipes)
    from archbench.models import weights  # torch takes seconds: only if the parameters hold
    from archbench.training import checkpoint, guard, loop, run, tracking

    guard.die_with_parent()
    inputs = [DATA / name for name in INPUTS]
    about = files.read_json(DATA / "dataset.json")
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
        weights.write(models / "best.safetensors", trained.best)
        weights.write(models / "last.safetensors", trained.last)
        files.write_table(record / "curve.csv", run.curve_table(trained))
        files.write_json(record / "run.json", run.record(asked, architecture, model, task, trained))
        checkpoint.leave(directory, models)


if __name__ == "__main__":
    errors.run(main, *sys.argv[1:])
