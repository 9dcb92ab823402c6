"""The key of params.yaml that this room reads. Cheap to import: it reads no predictions."""

import re
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, field_validator

from archbench.base.params import Section, Text, shown

FOLDER = Path("data/external")
NAME = re.compile(r"\w[\w.-]{,59}", re.ASCII)
"""A folder is named so, and a row of tables and figures."""


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


Files = Annotated[list[Text], Field(min_length=1, max_length=1000), BeforeValidator(_listed)]
"""One file may stand without its list."""


class External(Section):
    """The key that stage external reads."""

    external: Annotated[dict[str, Files], Field(max_length=1000)] | None
    """Models whose predictions were made elsewhere: of each name a file in data/external, or a
    list with one for each run."""

    @field_validator("external")
    @classmethod
    def _fits(cls, value: dict[str, list[str]] | None) -> dict[str, list[str]] | None:
        for name, files in (value or {}).items():
            if not NAME.fullmatch(name):
                raise ValueError(
                    f"the name {shown(name)} should be 1 to 60 letters, digits, '_', '.' or '-', "
                    "and begin with none of the last two"
                )
            for file in files:
                _refuse_outside(file)
            if len({Path(file) for file in files}) < len(files):
                raise ValueError(f"{name} names a file twice; a run counts once")
        return value

    @property
    def models(self) -> dict[str, list[Path]]:
        """By name, the files of its runs."""
        named = (self.external or {}).items()
        return {name: [FOLDER / file for file in files] for name, files in named}


def _refuse_outside(file: str) -> None:
    """DVC watches this folder alone, so it would not see a change of a file elsewhere."""
    path = Path(file)
    if not path.parts or path.is_absolute() or ".." in path.parts:
        raise ValueError(f"{shown(file)} should be a file in {FOLDER}")
