"""params.yaml → frozen, typed sections. What a section does not name, its stage cannot read.

Each room declares the keys it reads as a `Section` beside the code that uses them; `check.py`
joins the sections and refuses keys that belong to none.
"""

from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path
from reprlib import Repr
from textwrap import shorten
from typing import Annotated, Any, TypeVar
from unicodedata import category

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from archbench.base.errors import Refused

PARAMS = Path("params.yaml")
LONG = 120
"""Characters of a line that one value, list or foreign message may take."""
SHORT = Repr()
SHORT.maxstring, SHORT.maxlevel, SHORT.maxdict, SHORT.maxlist = LONG, 3, 3, 6

MOST = 1_000_000
"""No number here is above it: more is a slip, and ends in an overflow or in no memory."""
Positive = Annotated[float, Field(gt=0, le=MOST)]
NonNegative = Annotated[float, Field(ge=0, le=MOST)]
Probability = Annotated[float, Field(ge=0, le=1)]
Count = Annotated[int, Field(gt=0, le=MOST)]
Seed = Annotated[int, Field(ge=0, lt=2**31)]
Names = Annotated[list[str], Field(min_length=1, max_length=1000)]


def _without_control(text: str) -> str:
    if any(category(character) == "Cc" for character in text):
        raise ValueError("should have no control characters")
    return text


Text = Annotated[str, Field(min_length=1, max_length=1000), AfterValidator(_without_control)]
"""A path or a name."""


class Section(BaseModel):
    """Field names are keys of params.yaml; `"1"` is no number here, nor is `yes` or `nan`."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


class Seeds(Section):
    seeds: Annotated[list[Seed], Field(min_length=1, max_length=1000)]


class Matrix(Seeds):
    """What is compared: every architecture, trained once with every seed."""

    architectures: Names


S = TypeVar("S", bound=Section)


def load() -> dict[str, Any]:
    """All of params.yaml, unchecked."""
    try:
        return parse(PARAMS.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise Refused(f"{PARAMS}: cannot be read: {error}") from None


def parse(text: str) -> dict[str, Any]:
    """By DVC's own YAML 1.2 parser: PyYAML reads the `1e-05` that `dvc exp run -S` writes as a
    string, and `010` as eight.
    """
    try:
        values = YAML(typ="safe").load(text)
    except (ValueError, TypeError, YAMLError) as error:
        raise Refused(f"{PARAMS}: cannot be read: {shorten(str(error), LONG)}") from None
    if not isinstance(values, dict):
        raise Refused(f"{PARAMS}: should be a mapping of names to values")
    return values


def read(section: type[S], *only: str) -> S:
    """The keys of `section`; those that lead to `only` (dotted) hold nothing else."""
    values = load()
    picked = {key: values[key] for key in section.model_fields if key in values}
    return validate(section, picked | _narrowed(values, only))


def _narrowed(values: dict[str, Any], only: Iterable[str]) -> dict[str, Any]:
    narrowed: dict[str, Any] = {}
    for dotted in only:
        *path, last = dotted.split(".")
        source, target = values, narrowed
        for depth, name in enumerate(path, 1):
            source, target = source.get(name, {}), target.setdefault(name, {})
            if not isinstance(source, dict):
                raise Refused(f"{PARAMS}: {'.'.join(path[:depth])}: should be a mapping")
        must_be_known(".".join(path), last, source)
        target[last] = source[last]
    return narrowed


def validate(section: type[S], values: Any, within: str = "") -> S:
    """`within` is the dotted key that `values` stand under."""
    try:
        return section.model_validate(values)
    except ValidationError as invalid:
        error = invalid.errors(include_url=False)[0]
        raise Refused(f"{PARAMS}: {_explain(section, error, within)}") from None


def must_be_known(key: str, name: str, known: Iterable[str]) -> None:
    if name not in known:
        raise Refused(f"{PARAMS}: {dotted(key)}: {shown(name)} is unknown{_nearest(name, known)}")


def shown(value: Any) -> str:
    """A value as an error names it: a file of 245 kB is no line to read."""
    try:
        text = SHORT.repr(value)
    except ValueError:  # Python writes no integer of more than 4,300 digits
        return "an integer of thousands of digits"
    return text if len(text) <= LONG else f"{text[:LONG]}..."


def dotted(key: str) -> str:
    """A key as an error names it: printable, and not longer than a value."""
    return ".".join(
        part if part.isprintable() and len(part) <= 50 else shown(part[:50])
        for part in key.split(".")
    )


def _explain(section: type[Section], error: Any, within: str) -> str:
    key = dotted(within + ".".join(str(part) for part in error["loc"]))
    match error["type"]:
        case "extra_forbidden":
            return f"{key} is unknown{_nearest(str(error['loc'][-1]), _names(section))}"
        case "missing":
            return f"{key} is missing"
        case "value_error":
            return f"{key} = {shown(error['input'])}: {error['ctx']['error']}"
        case _:
            return f"{key} = {shown(error['input'])}: {error['msg'].replace('Input ', '')}"


def _nearest(name: str, known: Iterable[str]) -> str:
    names = sorted(set(map(str, known)))
    close = get_close_matches(name, names, n=1)
    if close:
        return f"; did you mean {shown(close[0])}?"
    return f"; known are: {shorten(', '.join(map(dotted, names)), LONG, placeholder=' …')}"


def _names(annotation: Any) -> list[str]:
    """Every key of a section and of the sections inside it."""
    if isinstance(annotation, type) and issubclass(annotation, Section):
        fields = annotation.model_fields
        return [*fields, *(name for field in fields.values() for name in _names(field.annotation))]
    return [name for part in getattr(annotation, "__args__", ()) for name in _names(part)]
