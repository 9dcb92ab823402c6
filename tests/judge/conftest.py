"""Twelve images of three classes, and one run's probabilities of them, in a folder of their own."""

from pathlib import Path

import numpy as np
import pytest

IMAGES, CLASSES = 12, ["cat", "dog", "<frog>"]


class Folder:
    """The working directory, with `labels.npy` in it; `predicted` is the most probable class."""

    def __init__(self, path: Path) -> None:
        random = np.random.default_rng(0)
        self.path, self.classes = path, CLASSES
        self.labels = np.arange(IMAGES) % len(CLASSES)
        self.probabilities = random.dirichlet([1, 1, 1], IMAGES)
        self.predicted = self.probabilities.argmax(1)
        self.right = self.predicted == self.labels
        np.save(path / "labels.npy", self.labels)

    def write(self, name: str, *lines: object) -> Path:
        """A text file; each of `lines` is a line, whose cells commas separate if it is a list."""
        texts = [",".join(map(str, one)) if isinstance(one, list) else str(one) for one in lines]
        (self.path / name).parent.mkdir(exist_ok=True)
        (self.path / name).write_text("".join(f"{text}\n" for text in texts), encoding="utf-8")
        return Path(name)

    def rows(self) -> list[list[float]]:
        return self.probabilities.tolist()


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Folder:
    monkeypatch.chdir(tmp_path)
    return Folder(tmp_path)
