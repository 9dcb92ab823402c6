"""What the report says, as plain data: the same for the page and for its Markdown twin."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

Run = dict[str, Any]

MANY = 20
"""Classes beyond which a figure cannot name each."""


def answer(metrics: pd.DataFrame) -> str:
    """One sentence: who is ahead, and whether the test images can tell it from the next."""
    ranked = metrics.sort_values("accuracy", ascending=False)
    best = ranked.iloc[0]
    won = f"{ranked.index[0]} reaches {interval(best)} test accuracy"
    if len(ranked) == 1:
        return f"{won}; it ran alone."
    second = ranked.iloc[1]
    lead = 100 * (best["accuracy"] - second["accuracy"])
    ahead = f"{won}, {lead:.1f} points ahead of {ranked.index[1]} ({interval(second)})"
    if best["accuracy_low"] > second["accuracy_high"]:
        verdict = f"{ahead}; their intervals do not overlap."
    else:
        verdict = f"{ahead}; their intervals overlap, so these test images do not separate the two."
    given, other = _training(best), _training(second)
    return verdict if given == other else f"{verdict} It trained on {given} images, not {other}."


def _training(row: Any) -> str:
    """Images × epochs."""
    return f"{row['train_images']:,.0f} × {row['epochs']:.0f}"


def interval(row: Any) -> str:
    """An accuracy with the distance to the further end of its interval, in percent."""
    further = max(row["accuracy"] - row["accuracy_low"], row["accuracy_high"] - row["accuracy"])
    return f"{100 * row['accuracy']:.1f} ± {100 * further:.1f} %"


def comparison(metrics: pd.DataFrame, runs: list[Run]) -> pd.DataFrame:
    """A row per architecture, best first, written as it is read."""
    best_epochs = {
        name: ", ".join(_best_epoch(run) for run in runs if run["architecture"] == name)
        for name in metrics.index
    }
    ranked = metrics.sort_values("accuracy", ascending=False)
    return pd.DataFrame(
        [
            {
                "architecture": name,
                "test accuracy": interval(row),
                "loss (nats)": f"{row['loss']:.3f}",
                "macro F1": f"{100 * row['f1_macro']:.1f} %",
                "ECE": f"{100 * row['ece']:.1f} %",
                "parameters": f"{row['parameters'] / 1e6:.2f} M",
                "GFLOPs/image": f"{row['gflops']:.3g}",
                "images × epochs": _training(row),
                "training": _duration(row["train_seconds"]),
                "PFLOP": f"{_petaflop(row):.2g}",
                "best epoch": best_epochs[name],
            }
            for name, row in ranked.iterrows()
        ]
    )


def _petaflop(row: Any) -> float:
    """10¹⁵ operations of the training: forward, and twice that backward, for every image."""
    return float(3 * row["gflops"] * row["train_images"] * row["epochs"] / 1e6)


def _best_epoch(run: Run) -> str:
    why = f" ({run['stopped']})" if run["stopped"] else ""
    return f"{run['best_epoch']} of {run['epochs']}{why}"


def _duration(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.1f} min"


def conditions(dataset: dict[str, Any], runs: list[Run], metrics: pd.DataFrame) -> dict[str, str]:
    """What was run, once for all; several values where the runs differ."""
    images = {kind: _values(runs, f"{kind}_images") for kind in ("train", "validation")}
    images["test"] = str(metrics["test_images"].max())
    counts = ", ".join(f"{number} {kind}" for kind, number in images.items())
    return {
        "data set": f"{dataset['title']}: {counts} images",
        "recipes": _values(runs, "recipes"),
        "budget": _values(runs, "budget"),
        "seeds": _values(runs, "seed"),
        "weights": "of the epoch with the best validation accuracy",
        "prediction": _prediction(metrics),
        "device": f"{_values(runs, 'device')}, {_values(runs, 'threads')} threads",
        "precision": _values(runs, "precision"),
        **{name: _versions(runs, name) for name in runs[0]["versions"]},
    }


def _prediction(metrics: pd.DataFrame) -> str:
    if metrics["test_time_flip"].any():
        return "the mean over each test image and its mirror image"
    return "from each test image as it is"


def _values(runs: list[Run], key: str) -> str:
    return ", ".join(dict.fromkeys(f"{run[key]}" for run in runs))


def _versions(runs: list[Run], name: str) -> str:
    return ", ".join(dict.fromkeys(run["versions"][name] for run in runs))


def recipes(runs: list[Run]) -> tuple[dict[str, str], pd.DataFrame]:
    """The settings that all architectures share, and a table of those in which they differ."""
    flat = {run["architecture"]: _flatten(run["recipe"]) for run in runs}
    table = pd.DataFrame(flat).fillna("-").sort_index()
    same = table.nunique(axis=1) == 1
    shared = {str(key): str(value) for key, value in table[same].iloc[:, 0].items()}
    return shared, table[~same].rename_axis("setting").reset_index()


def _flatten(recipe: dict[str, Any], prefix: str = "") -> dict[str, str]:
    flat: dict[str, str] = {}
    for key, value in recipe.items():
        if isinstance(value, dict):
            flat |= _flatten(value, f"{prefix}{key}.")
        else:
            flat[prefix + key] = "none" if value is None else str(value)
    return flat


def confused_pairs(confusion: pd.DataFrame, most: int = 5) -> pd.DataFrame:
    """Each architecture's most frequent mistakes."""
    wrong = confusion[(confusion["actual"] != confusion["predicted"]) & (confusion["count"] > 0)]
    order = ["architecture", "count", "actual", "predicted"]
    ranked = wrong.sort_values(order, ascending=[True, False, True, True])
    top = ranked.groupby("architecture").head(most)
    share = (100 * top["share"]).map("{:.1f} %".format)
    return top[["architecture", "actual", "predicted", "count"]].assign(**{"of its class": share})


def confusion_note(classes: Sequence[str]) -> str:
    """How the matrices are to be read."""
    if len(classes) <= 12:
        return "Percent of each actual class; a cell without a number rounds to 0."
    if len(classes) <= MANY:
        return "The darker, the larger the share of the actual class."
    return (
        f"{len(classes)} classes, of which some are named. The square root of its share of the "
        "actual class shades a cell: half as dark is a quarter as often."
    )


def with_names(confusion: pd.DataFrame, classes: Sequence[str]) -> pd.DataFrame:
    """Read from a file, classes named `007` and `1.0` are numbers; the rows' order says which."""
    times = len(confusion) // len(classes) ** 2
    actual, predicted = np.repeat(classes, len(classes)), np.tile(classes, len(classes))
    return confusion.assign(actual=np.tile(actual, times), predicted=np.tile(predicted, times))


def drawn_cells(confusion: pd.DataFrame, classes: Sequence[str]) -> pd.DataFrame:
    """The rows that `dvc plots` needs: of many classes only the cells that are not empty.

    The diagonal comes first, since Vega orders an axis by first appearance.
    """
    if len(classes) <= MANY:
        return confusion
    right = confusion["actual"] == confusion["predicted"]
    return pd.concat([confusion[right], confusion[~right & (confusion["count"] > 0)]])


def limits(metrics: pd.DataFrame, runs: list[Run]) -> list[str]:
    """What the numbers cannot say."""
    half = 100 * (metrics["accuracy_high"] - metrics["accuracy_low"]).max() / 2
    said = [
        f"Intervals are 95 % Wilson intervals over the test images (about ± {half:.1f} points); "
        "they cover neither the variance between seeds nor that between test sets.",
    ]
    if metrics["seeds"].max() == 1:
        said.append(
            "One seed each: nothing here says how far another seed would have moved a figure. "
            "Add seeds before you believe a small difference."
        )
    if any(run["budget"] == "quick" for run in runs):
        said.append(
            "The quick budget caps epochs, images and regularisation, but for recipes "
            "made for it: it shows what minutes can do, not how good architectures become, and "
            "not under the same conditions. The columns on training say what each was given."
        )
    return said
