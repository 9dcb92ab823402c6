"""Made-up networks, their explanations and noise for images."""

from collections.abc import Sequence

import numpy as np
import synthetic

from archbench.base.predictions import join
from archbench.comparison.tables import missed_by_all
from archbench.gallery import answers
from archbench.gallery.pages import Material
from archbench.gallery.tiles import Explanation


def material(
    classes: Sequence[str] = ("cat", "dog", "frog"),
    title: str = "Pets",
    skills: dict[str, float] | None = None,
    side: int = 8,
    channels: int = 3,
) -> Material:
    """Of two architectures, the second without a map."""
    random, skills = np.random.default_rng(0), skills or {"a": 2.0, "b": 0.5}
    images = random.integers(256, size=(350, side, side, channels), dtype=np.uint8)
    tables = {
        name: synthetic.predictions(skill, 0, list(classes)) for name, skill in skills.items()
    }
    return Material(
        title=title,
        classes=classes,
        seed=0,
        test_nhwc=images[:300],
        train_nhwc=images[300:],
        train_labels=random.integers(len(classes), size=50),
        each=[answers.of_run(name, table, 0) for name, table in tables.items()],
        explanations=[explanation(random, bool(n == 0)) for n in range(len(skills))],
        missed=missed_by_all(join(tables), classes)["index"].to_numpy(),
        tiles=10,
    )


def explanation(random: np.random.Generator, with_maps: bool) -> Explanation:
    maps = random.integers(256, size=(300, 4, 4), dtype=np.uint8)
    return Explanation(
        neighbours=random.integers(50, size=(300, 5)),
        cosines=random.random((300, 5)),
        maps=maps if with_maps else None,
        control=255 - maps[:7] if with_maps else None,
        agreement=0.12 if with_maps else None,
    )
