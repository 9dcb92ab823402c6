"""Stage explain: one architecture's first seed → nearest training images, Grad-CAMs, a control."""

import start

import sys

from archbench.base import errors, files, params, paths
from archbench.base.params import Seeds
from archbench.base.records import DatasetRecord, RunRecord


def main(architecture: str) -> None:
    seed = params.read(Seeds).seeds[0]
    from archbench.explaining import explain  # torch: after the parameters
    from archbench.networks import classifier, weights

    dataset = DatasetRecord.read(paths.DATASET)
    run = RunRecord.read(paths.run(architecture, seed))
    for path in (paths.TRAIN_IMAGES, paths.TEST_IMAGES):
        files.verify(path, dataset.digest(path))
    best = paths.best_weights(architecture, seed)
    files.verify(best, run.weights[best.name])
    model = classifier.rebuild(run, dataset)
    weights.load(model, best)
    arrays = map(files.read_array, (paths.TRAIN_IMAGES, paths.TRAIN_INDEX, paths.TEST_IMAGES))
    explanation = explain.explain(model, run, *arrays)
    out = paths.explanations(architecture)
    for name, array in explanation.arrays.items():
        files.write_array(out / f"{name}.npy", array)
    files.write_json(out / "explanation.json", explanation.summary)
    print(f"{architecture}: {explain.result(explanation)}")


if __name__ == "__main__":
    errors.run(main, *sys.argv[1:])
