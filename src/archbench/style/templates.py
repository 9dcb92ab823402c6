"""HTML pages from a room's templates, in which every value is escaped."""

from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined


def render(room: str, template: str, values: dict[str, Any]) -> str:
    """`template` is a file in the package `archbench.<room>`; a value it lacks is an error."""
    environment = Environment(
        loader=PackageLoader(f"archbench.{room}", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(template).render(values)
