"""The words of the command line → the files of each model's runs."""

from collections.abc import Sequence
from pathlib import Path

from archbench.base.errors import Refused
from archbench.base.params import shown
from archbench.judge.reading import FORMATS
from archbench.judge.sheet import printable, refuse, there

LONGEST = 60
"""Characters of a name that a figure has room for."""


def find(words: Sequence[str]) -> dict[str, list[Path]]:
    """By model, the files of its runs.

    A word is a file, a folder with a file for each run, or `name=` before one or more of them.
    Refused where two models have one name, or a model has one file twice.
    """
    models: dict[str, list[Path]] = {}
    for word in words:
        name, paths = _parsed(word)
        if name in models:
            raise Refused(
                f"{shown(word)}: a model before it is named {name} too; "
                "name them apart, as in: other=FILE"
            )
        models[name] = [file for path in paths for file in _files(path)]
        _refuse_repeats(models[name])
    return models


def _parsed(word: str) -> tuple[str, list[Path]]:
    """A file may have `=` and commas in its name, so what is there comes first."""
    name, sign, rest = word.partition("=")
    if there(word) or not sign:
        path = Path(word)
        folder = there(word) and path.is_dir()
        return _checked(path.resolve().name if folder else path.stem, word), [path]
    return _checked(name, word), [
        Path(part) for part in ([rest] if there(rest) else rest.split(","))
    ]


def _checked(name: str, word: str) -> str:
    if not name.strip() or not name.isprintable() or len(name) > LONGEST:
        raise Refused(
            f"{shown(word)}: the model's name {shown(name)} should have 1 to {LONGEST} printable "
            "characters; give another, as in: name=file"
        )
    return name


def _files(path: Path) -> list[Path]:
    """A folder's files of predictions by their names; the others in it are left alone."""
    if not there(str(path)):
        refuse(printable(path), "there is no such file")
    if not path.is_dir():
        return [path]
    found = [file for file in sorted(path.iterdir()) if file.suffix.lower() in FORMATS]
    if not found:
        refuse(printable(path), f"has no file that ends in one of {', '.join(FORMATS)}")
    return found


def _refuse_repeats(paths: Sequence[Path]) -> None:
    """A run that is counted twice would pass for two seeds."""
    seen: set[Path] = set()
    for path in paths:
        if path.resolve() in seen:
            refuse(printable(path), "is named twice; a run counts once")
        seen.add(path.resolve())
