"""Stage evaluate: one architecture's seeds on the test images → predictions, tables, metrics."""

import start

import sys
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from archbench.base import errors, files, params
from archbench.evaluation.config import Evaluation

DATA = Path("data")


def main(architecture: str) -> None:
    asked = params.read(Evaluation)
    from archbench.base.predictions import hits_of
    from archbench.evaluation import corruptions, evaluate, scores  # torch: after the parameters
    from archbench.networks import classifier, weights

    about = files.read_json(DATA / "dataset.json")
    for file, digest in about["sha256"].items():
        files.verify(DATA / file, digest)
    folders = [DATA / f"runs/{architecture}/{seed}" for seed in asked.seeds]
    runs = [files.read_record(folder / "run.json") for folder in folders]
    model = classifier.rebuild(runs[0], about)
    flip = asked.test_time_flip and about["mirrorable"]
    predict = partial(evaluate.predict, model, classes=about["classes"], flip=flip)
    held_out = files.read_array(DATA / "split/validation.npy")
    settings = corruptions.settings(about["channels"]) if asked.robustness else []
    test, validation, robustness = [], [], []
    for run in runs:
        path = DATA / f"models/{architecture}/{run['seed']}/best.safetensors"
        files.verify(path, run["weights"][path.name])
        weights.load(model, path)
        test.append(predict(run, *read("test")))
        known = predict(run, *(array[held_out] for array in read("train")))
        validation.append(known.assign(index=held_out))
        images = read("test")[0]
        robustness.append(evaluate.robustness(predict, run, test[-1], images, settings))
    tables = scores.tables(pd.concat(test), pd.concat(validation), about["classes"])
    tables |= {kind: pd.concat(of[kind] for of in robustness) for kind in robustness[0]}
    for name, table in tables.items():
        files.write_table(DATA / f"evaluation/{architecture}/{name}.csv", table)
    judged = {"dataset": about["name"], "test_images": len(test[0]), "test_time_flip": flip}
    judged["corrupted_images"] = len(robustness[0]["robustness_shares"])
    numbers = scores.summary(tables["seeds"], hits_of(tables["predictions"]))
    numbers |= scores.scaled_ece_interval(tables["predictions"], tables["seeds"])
    numbers |= evaluate.costs(model, runs, about)
    if lines := scores.at_chance(tables["predictions"]):
        numbers["at_chance"] = "; ".join(lines)
        print(f"{architecture}: {numbers['at_chance']}")
    files.write_json(DATA / f"evaluation/{architecture}/numbers.json", rounded(numbers | judged))
    shown = {key: value for key, value in (numbers | judged).items() if key in scores.SHOWN}
    files.write_json(Path(f"metrics/{architecture}.json"), rounded(shown))


def read(kind: str) -> list[Any]:
    return [files.read_array(DATA / f"{kind}/{name}.npy") for name in ("images", "labels")]


def rounded(numbers: dict[str, Any]) -> dict[str, Any]:
    return {key: round(n, 6) if isinstance(n, float) else n for key, n in numbers.items()}


if __name__ == "__main__":
    errors.run(main, *sys.argv[1:])
