"""Stage evaluate: one architecture's seeds on the test images → predictions, tables, metrics."""

import sys
from pathlib import Path

import pandas as pd

from archbench import errors, files, params
from archbench.evaluation.config import Evaluation

DATA = Path("data")


def main(architecture: str) -> None:
    asked = params.read(Evaluation)
    from archbench.evaluation import calibration, evaluate, metrics  # torch: after the parameters
    from archbench.models import weights

    about = files.read_json(DATA / "dataset.json")
    images, labels = (files.read_array(DATA / f"test/{name}.npy") for name in ("images", "labels"))
    runs = [files.read_json(DATA / f"runs/{architecture}/{seed}/run.json") for seed in asked.seeds]
    model = evaluate.rebuild(runs[0], about)
    flip = asked.test_time_flip and about["mirrorable"]
    tables = []
    for run in runs:
        weights.load(model, DATA / f"models/{architecture}/{run['seed']}/best.safetensors")
        tables.append(evaluate.predict(model, run, images, labels, about["classes"], flip))
    predictions = pd.concat(tables)
    confusion = metrics.confusion(predictions, about["classes"])
    reliability = calibration.reliability(predictions)
    out = DATA / "evaluation" / architecture
    files.write_table(out / "predictions.csv", predictions)
    files.write_table(out / "confusion.csv", confusion)
    files.write_table(out / "reliability.csv", reliability)
    numbers = metrics.classification(predictions) | evaluate.costs(model, runs, about)
    rounded = {name: round(number, 6) for name, number in numbers.items()}
    made_by = {
        "test_images": len(labels),
        "test_time_flip": flip,
        "dataset": about["name"],
        "recipes": runs[0]["recipes"],
        "budget": runs[0]["budget"],
    }
    files.write_json(Path("metrics") / f"{architecture}.json", rounded | made_by)


if __name__ == "__main__":
    errors.run(main, *sys.argv[1:])
