"""Section People of the report: networks beside people's labels of the same test images."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from archbench.report.words import Row, interval
from archbench.style.quantities import NONE, ends, percent

SAID = " People: how many of them took it for each class."
NOTE = (
    "Labels by people: CIFAR-10H (Peterson et al. 2019), about 51 of each test image, under CC "
    "BY-NC-SA 4.0, which allows no commercial use. People agree where at least 95 % of an image's "
    "labels name one class, and dispute the others. Accuracies are of the data's label, with the "
    "further end of their 95 % interval, which covers what that of the test accuracy covers. One "
    "person's follow in part from how the images were parted. Losses are cross-entropies of the "
    "probabilities after temperature scaling, mean over all test images, in nats."
)


def section(found: Mapping[str, pd.DataFrame], best: str) -> dict[str, Any]:
    """Its sentences and its table; nothing where no labels were asked for."""
    networks, images = found["people"], found["people_images"].set_index("part")
    if networks.empty:
        return {}
    parts = {part: rows.set_index("architecture") for part, rows in networks.groupby("part")}
    return {
        "finding": finding(parts, images, best),
        "table": table(parts, images),
        "note": f"{NOTE} {floor(images)}",
        "suspects": suspects(images) if "missed_by_all" in images.index else "",
    }


def finding(parts: Mapping[str, pd.DataFrame], images: pd.DataFrame, best: str) -> str:
    agreed, disputed = (
        f"{percent(parts[part].loc[best, 'accuracy'])} of the {images.loc[part, 'images']:,} images"
        for part in ("agreed", "disputed")
    )
    one = (percent(images.loc[part, "label_share"]) for part in ("agreed", "disputed"))
    return (
        f"{best} gets {agreed} right that people agree on, and {disputed} that they dispute; one "
        f"person's label is that of the data on {' and '.join(one)} of them."
    )


def table(parts: Mapping[str, pd.DataFrame], images: pd.DataFrame) -> pd.DataFrame:
    """A row per architecture, in their order, and the people's own last."""
    rows = [
        {
            "architecture": name,
            "agreed images": interval(parts["agreed"].loc[name]),
            "disputed images": interval(parts["disputed"].loc[name]),
            "loss with people": f"{row['people_loss']:.3f}",
            "loss with labels": f"{row['loss']:.3f}",
        }
        for name, row in parts["all"].iterrows()
    ]
    return pd.DataFrame([*rows, _people(images)])


def _people(images: pd.DataFrame) -> dict[str, str]:
    return {
        "architecture": "one person",
        "agreed images": percent(images.loc["agreed", "label_share"]),
        "disputed images": percent(images.loc["disputed", "label_share"]),
        "loss with people": f"{images.loc['all', 'entropy']:.3f}, the floor",
        "loss with labels": NONE,
    }


def floor(images: pd.DataFrame) -> str:
    """What no loss with people comes below, and whose class the agreed one is."""
    agreed, everything = images.loc["agreed"], images.loc["all"]
    return (
        "People's class is another than the label on "
        f"{agreed['images'] - agreed['label_first']:,.0f} of the agreed images. With these labels "
        f"no loss comes below their own entropy, {everything['entropy']:.3f}. That of all people "
        "would be higher, since so few labels show too little of it: "
        f"{everything['corrected_entropy']:.3f} by Miller's correction (1955), which cannot count "
        "a class that nobody happened to name."
    )


def suspects(images: pd.DataFrame) -> str:
    """Of the images that every run misses."""
    missed = images.loc["missed_by_all"]
    return (
        f"Every run misses {missed['images']:,.0f} of the test images. People dispute "
        f"{_disputed(missed)} of these, and {_disputed(images.loc['all'])} of all. People's "
        f"commonest class is not the label on {missed['images'] - missed['label_first']:,.0f} of "
        f"the {missed['images']:,.0f}, and is what the networks guess on "
        f"{missed['guess_first']:,.0f}."
    )


def _disputed(row: Row) -> str:
    share = percent(row["disputed"] / row["images"])
    return f"{share} {ends(row['disputed_low'], row['disputed_high'])}"
