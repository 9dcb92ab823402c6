"""Stage train: one architecture, one seed → weights, learning curve and a record of the run."""

import start

import sys
from pathlib import Path

from archbench.base import errors, files, params, paths
from archbench.base.records import DatasetRecord
from archbench.training.config import SHARED, Selection, Training

IMAGES = (paths.TRAIN_IMAGES, paths.TRAIN_LABELS)
INDICES = (paths.TRAIN_INDEX, paths.VALIDATION_INDEX)


def main(architecture: str, seed: int) -> None:
    selection = params.read(Selection)
    recipes = [f"recipes.{selection.recipe}.{name}" for name in (SHARED, architecture)]
    config = params.read(Training, f"budgets.{selection.budget}", *recipes)
    # importing torch takes seconds, so the parameters are checked first
    from archbench.training import torchrun

    if config.processes > 1 and not torchrun.is_process():
        torchrun.start(config.processes)
    else:
        train(config, architecture, seed)


def train(config: Training, architecture: str, seed: int) -> None:
    """Train in this process, or in each of those that torchrun started. The first one writes."""
    from archbench.networks import weights
    from archbench.training import checkpoint, loop, run, tracking, world

    dataset = DatasetRecord.read(paths.DATASET)
    for path in IMAGES:
        files.verify(path, dataset.digest(path))
    with world.join() as here:
        arrays = map(files.read_array, IMAGES + INDICES)
        task = run.make_task(config, architecture, seed, dataset, *arrays, world=here)
        model = run.make_model(architecture, task)
        identity = run.identity(architecture, task, model)
        name = f"{architecture}-{seed}-{checkpoint.fingerprint(identity, IMAGES + INDICES)}"
        directory = Path(".resume") / name
        if not here.is_first:
            loop.fit(model, task, directory)
            return
        tracker = tracking.open_tracker(config.tracker, Path("tracking") / name, identity["recipe"])
        with checkpoint.lock(directory), tracker as log:
            result = loop.fit(model, task, directory, log)
            models = paths.models(architecture, seed)
            tensors = {"best.safetensors": result.best, "last.safetensors": result.last}
            for file, values in tensors.items():
                weights.write(models / file, values)
            files.write_table(paths.curve(architecture, seed), run.curve_table(result))
            digests = {file: files.sha256(models / file) for file in tensors}
            record = run.record(config, architecture, model, task, result, digests)
            record.write(paths.run(architecture, seed))
            checkpoint.finish(directory, models)


if __name__ == "__main__":
    errors.run(main, sys.argv[1], int(sys.argv[2]))
