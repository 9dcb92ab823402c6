"""params.yaml → frozen, typed sections. What a section does not name, its stage cannot read.

Each room declares the keys it reads as a `Section` beside the code that uses them, and
`stages/check.py` joins the sections to refuse keys that belong to none.
"""

from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from ruamel.yaml import YAML, YAMLError

from archbench.errors import Refused

PARAMS = Path("params.yaml")

Positive = Annotated[float, Field(gt=0)]
NonNegative = Annotated[float, Field(ge=0)]
Probability = Annotated[float, Field(ge=0, le=1)]
Count = Annotated[int, Field(gt=0)]
Seed = Annotated[int, Field(ge=0, lt=2**31)]


class Section(BaseModel):
    """Field names are keys of params.yaml; `"1"` is no number here, nor `yes`, nor `nan`."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


S = TypeVar("S", bound=Section)


def load() -> dict[str, Any]:
    """All of params.yaml, unchecked.

    Parsed by DVC's own YAML 1.2 parser: PyYAML reads the `1e-05` that `dvc exp run -S`
    writes as a string, and `010` as eight.
    """
    try:
        values = YAML(typ="safe").load(PARAMS)
    except (OSError, YAMLError) as error:
        raise Refused(f"{PARAMS}: cannot be read: {' '.join(str(error).split())}") from None
    if not isinstance(values, dict):
        raise Refused(f"{PARAMS}: must be a mapping of names to values")
    return values


def read(section: type[S], **only: str) -> S:
    """The keys of `section`; `only` narrows a mapping to one entry, as in `recipes="mlp"`."""
    values = load()
    picked = {key: values[key] for key in section.model_fields if key in values}
    for key, entry in only.items():
        entries = picked.get(key)
        if not isinstance(entries, dict) or entry not in entries:
            raise Refused(f"{PARAMS}: {key} has no entry {entry!r}{_nearest(entry, entries or ())}")
        picked[key] = {entry: entries[entry]}
    return validate(section, picked)


def validate(section: type[S], values: dict[str, Any]) -> S:
    try:
        return section.model_validate(values)
    except ValidationError as invalid:
        error = invalid.errors(include_url=False)[0]
        raise Refused(f"{PARAMS}: {_explain(section, error)}") from None


def _explain(section: type[Section], error: Any) -> str:
    key = ".".join(str(part) for part in error["loc"])
    match error["type"]:
        case "extra_forbidden":
            names = _names(section)
            return f"{key} = {error['input']!r}: unknown key{_nearest(str(error['loc'][-1]), names)}"
        case "missing":
            return f"{key} is missing"
        case "value_error":
            return f"{key} = {error['input']!r}: {error['ctx']['error']}"
        case _:
            return f"{key} = {error['input']!r}: {error['msg'].replace('Input should', 'should')}"


def _nearest(name: str, names: Any) -> str:
    close = get_close_matches(name, [str(known) for known in names], n=1)
    return f"; did you mean {close[0]!r}?" if close else f"; known: {', '.join(map(str, names))}"


def _names(section: Any) -> list[str]:
    """Every key of a section and of the sections inside it."""
    names = list(section.model_fields)
    for field in section.model_fields.values():
        for inner in _sections(field.annotation):
            names += _names(inner)
    return names


def _sections(annotation: Any) -> list[type[Section]]:
    if isinstance(annotation, type) and issubclass(annotation, Section):
        return [annotation]
    return [inner for part in getattr(annotation, "__args__", ()) for inner in _sections(part)]
