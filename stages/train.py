"""Stage train: one architecture, one seed → weights, learning curve and a record of the run."""

import start

import sys
from pathlib import Path

from archbench.base import errors, files, params, paths
from archbench.base.records import DatasetRecord
from archbench.training.config import SHARED, Chosen, Training

IMAGES = (paths.TRAIN_IMAGES, paths.TRAIN_LABELS)
INDICES = (paths.TRAIN_INDEX, paths.VALIDATION_INDEX)


def main(architecture: str, seed: int) -> None:
    chosen = params.read(Chosen)
    recipes = [f"recipes.{chosen.recipe}.{name}" for name in (SHARED, architecture)]
    asked = params.read(Training, f"budgets.{chosen.budget}", *recipes)
    from archbench.networks import weights  # torch takes seconds: only if the parameters hold
    from archbench.training import checkpoint, loop, run, tracking

    dataset = DatasetRecord.read(paths.DATASET)
    for path in IMAGES:
        files.verify(path, dataset.digest(path))
    arrays = map(files.read_array, IMAGES + INDICES)
    task = run.make_task(asked, architecture, seed, dataset, *arrays)
    model = run.make_model(architecture, task)
    identity = run.identity(architecture, task, model)
    name = f"{architecture}-{seed}-{checkpoint.fingerprint(identity, IMAGES + INDICES)}"
    with (
        checkpoint.exclusive(Path(".resume") / name) as directory,
        tracking.open_tracker(asked.tracker, Path("tracking") / name, identity["recipe"]) as log,
    ):
        trained = loop.fit(model, task, directory, log)
        models = paths.models(architecture, seed)
        kept = {"best.safetensors": trained.best, "last.safetensors": trained.last}
        for file, values in kept.items():
            weights.write(models / file, values)
        files.write_table(paths.curve(architecture, seed), run.curve_table(trained))
        digests = {file: files.sha256(models / file) for file in kept}
        record = run.record(asked, architecture, model, task, trained, digests)
        record.write(paths.run(architecture, seed))
        checkpoint.leave(directory, models)


if __name__ == "__main__":
    errors.run(main, sys.argv[1], int(sys.argv[2]))
