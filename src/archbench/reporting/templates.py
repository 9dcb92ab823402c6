"""Pages from the templates of this room, in which every value is escaped."""

from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined


def render(template: str, values: dict[str, Any]) -> str:
    environment = Environment(
        loader=PackageLoader("archbench.reporting", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(template).render(values)
