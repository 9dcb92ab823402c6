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
    "further end of their 95 % interval, which covers what that of the test accuracy covers. "
    "People's: how often one person's label is that of the data, which follows in part from how "
    "the images were parted. Losses are cross-entropies of the probabilities after temperature "
    "scaling, mean over all test images, in nats."
)


Rows = Mapping[str, Row]
"""By a part of the test images: people's numbers, or an architecture's."""


def section(found: Mapping[str, pd.DataFrame], best: str) -> dict[str, Any]:
    """Its sentences and its table; nothing where no labels were asked for."""
    if found["people"].empty:
        return {}
    networks = {
        str(name): by_part(rows)
        for name, rows in found["people"].groupby("architecture", sort=False)
    }
    people = by_part(found["people_images"])
    return {
        "finding": finding(best, networks[best], people),
        "table": table(networks, people),
        "note": f"{NOTE} {floor(people)}",
        "suspects": suspects(people) if "missed_by_all" in people else "",
    }


def by_part(rows: pd.DataFrame) -> Rows:
    return {row["part"]: row for _, row in rows.iterrows()}


def finding(best: str, network: Rows, people: Rows) -> str:
    right = {part: percent(network[part]["accuracy"]) for part in network}
    one = {part: percent(people[part]["label_share"]) for part in people}
    return (
        f"{best} gets {right['agreed']} of the {people['agreed']['images']:,} images right that "
        f"people agree on, and {right['disputed']} of the {people['disputed']['images']:,} that "
        f"they dispute; one person's label is that of the data on {one['agreed']} and "
        f"{one['disputed']} of them."
    )


def table(networks: Mapping[str, Rows], people: Rows) -> pd.DataFrame:
    """A row per architecture, in their order, and people's own last."""
    rows = [
        {
            "architecture": name,
            "agreed images": interval(network["agreed"]),
            "disputed images": interval(network["disputed"]),
            "loss with people": f"{network['all']['people_loss']:.3f}",
            "loss with labels": f"{network['all']['loss']:.3f}",
        }
        for name, network in networks.items()
    ]
    one = {
        "architecture": "people",
        "agreed images": percent(people["agreed"]["label_share"]),
        "disputed images": percent(people["disputed"]["label_share"]),
        "loss with people": f"{people['all']['entropy']:.3f}, the floor",
        "loss with labels": NONE,
    }
    return pd.DataFrame([*rows, one])


def floor(people: Rows) -> str:
    """What no loss with people comes below, and whose class the agreed one is."""
    agreed, everything = people["agreed"], people["all"]
    return (
        "People's class is another than the label on "
        f"{agreed['images'] - agreed['label_first']:,.0f} of the agreed images. With these labels "
        f"no loss comes below their own entropy, {everything['entropy']:.3f}. If all people were "
        "asked it would be higher, since so few labels show too little of it: "
        f"{everything['corrected_entropy']:.3f} by Miller's correction (1955), which cannot count "
        "a class that nobody happened to name."
    )


def suspects(people: Rows) -> str:
    """Of the images that every run misses."""
    missed = people["missed_by_all"]
    return (
        f"Every run misses {missed['images']:,.0f} of the test images. People dispute "
        f"{_disputed(missed)} of these, and {_disputed(people['all'])} of all. People's "
        f"commonest class is not the label on {missed['images'] - missed['label_first']:,.0f} of "
        f"the {missed['images']:,.0f}, and is what the networks guess on "
        f"{missed['guess_first']:,.0f}."
    )


def _disputed(row: Row) -> str:
    share = percent(row["disputed"] / row["images"])
    return f"{share} {ends(row['disputed_low'], row['disputed_high'])}"
