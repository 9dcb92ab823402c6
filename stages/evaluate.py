"""Stage evaluate: one architecture's seeds on the test images → predictions, tables, metrics."""

import start

import sys
from functools import partial
from typing import Any

import pandas as pd

from archbench.base import errors, files, params, paths
from archbench.base.records import DatasetRecord, RunRecord
from archbench.evaluation.config import Evaluation

TRAIN, TEST = (paths.TRAIN_IMAGES, paths.TRAIN_LABELS), (paths.TEST_IMAGES, paths.TEST_LABELS)


def main(architecture: str) -> None:
    wanted = params.read(Evaluation)
    from archbench.base.predictions import hits_of
    from archbench.evaluation import corruptions, evaluate, scores  # torch: after the parameters
    from archbench.networks import classifier, weights

    dataset = DatasetRecord.read(paths.DATASET)
    for file, digest in dataset.sha256.items():
        files.verify(paths.DATA / file, digest)
    runs = [RunRecord.read(paths.run(architecture, seed)) for seed in wanted.seeds]
    model = classifier.rebuild(runs[0], dataset)
    flip = wanted.test_time_flip and dataset.mirrorable
    predict = partial(evaluate.predict, model, classes=dataset.classes, flip=flip)
    (images, labels), test_set = (tuple(map(files.read_array, half)) for half in (TRAIN, TEST))
    held_out = files.read_array(paths.VALIDATION_INDEX)
    settings = corruptions.settings(dataset.channels) if wanted.robustness else []
    test, validation, robustness = [], [], []
    for run in runs:
        best = paths.best_weights(architecture, run.seed)
        files.verify(best, run.weights[best.name])
        weights.load(model, best)
        test.append(predict(run, *test_set))
        known = predict(run, images, labels[held_out], index=held_out)
        validation.append(known.assign(index=held_out))
        robustness.append(evaluate.robustness(predict, run, test[-1], test_set[0], settings))
    tables = scores.tables(pd.concat(test), pd.concat(validation), dataset.classes)
    tables |= {kind: pd.concat(of[kind] for of in robustness) for kind in robustness[0]}
    for name, table in tables.items():
        files.write_table(paths.evaluation(architecture, name), table)
    numbers = scores.summary(tables["seeds"], hits_of(tables["predictions"]))
    numbers |= scores.scaled_ece_interval(tables["predictions"], tables["seeds"])
    numbers |= evaluate.costs(model, runs, dataset)
    lines = scores.at_chance(tables["predictions"])
    if lines:
        numbers["at_chance"] = "; ".join(lines)
    numbers |= {
        "dataset": dataset.name,
        "test_images": len(test[0]),
        "test_time_flip": flip,
        "corrupted_images": len(robustness[0]["robustness_shares"]),
    }
    files.write_json(paths.numbers(architecture), rounded(numbers))
    headlines = {key: numbers[key] for key in scores.HEADLINES if key in numbers}
    files.write_json(paths.metrics(architecture), rounded(headlines))
    print(f"{architecture}: {'; '.join([scores.result(numbers), *lines])}")


def rounded(numbers: dict[str, Any]) -> dict[str, Any]:
    return {key: round(n, 6) if isinstance(n, float) else n for key, n in numbers.items()}


if __name__ == "__main__":
    errors.run(main, *sys.argv[1:])
