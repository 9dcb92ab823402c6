"""The folder to take along: a network's formats, a page that predicts, and the card."""

import shutil
from pathlib import Path
from typing import Any

from archbench.base import files
from archbench.export import page
from archbench.export.card import card
from archbench.export.facts import Facts
from archbench.export.parity import Parity
from archbench.export.paths import CARD, INT8, ONNX, PARITY, TRY
from archbench.style.quantities import percent
from archbench.style.revision import revision

LARGEST = 18_000_000
"""Bytes of the largest network that fits into the page: base64 makes a third more of them."""


def fill(folder: Path, converted: Path, facts: Facts) -> str:
    """Put all into `folder`, which is empty, the card last; a line of what it says.

    `converted` is stage convert's folder.
    """
    shutil.copytree(converted, folder, dirs_exist_ok=True)
    if text := try_page(folder, facts):
        files.write_text(folder / TRY, text)
    parity = Parity(**files.read_json(folder / PARITY))
    listing = {
        path.name: (path.stat().st_size, files.sha256(path)) for path in sorted(folder.iterdir())
    }
    files.write_text(folder / CARD, card(facts, parity, listing, revision()))
    megabytes = sum(size for size, _ in listing.values()) / 1e6
    return f"{facts.run.architecture}: {len(listing) + 1} files, {megabytes:.0f} MB"


def headlines(facts: Facts) -> dict[Any, float]:
    """What `dvc metrics` shows: of ONNX Runtime in float32."""
    row = facts.forms.iloc[0]
    shown = ("latency_ms", "images_per_second", "size_mb", "accuracy")
    return {key: round(float(row[key]), 4) for key in shown}


def try_page(folder: Path, facts: Facts) -> str | None:
    """With the network in float32 if it fits, else in 8 bits; None if neither does."""
    for place, name in enumerate((ONNX, INT8)):
        content = (folder / name).read_bytes()
        if len(content) <= LARGEST:
            return page.html(
                title=f"{facts.run.architecture}, trained on {facts.dataset.title}",
                classes=facts.dataset.classes,
                image_size=facts.dataset.image_size,
                channels=facts.dataset.channels,
                model=content,
                remarks=[
                    f"The network is that of {name}. It gets "
                    f"{percent(facts.forms['accuracy'].iloc[place])} of the test images right."
                ],
            )
    return None
