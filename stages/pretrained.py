"""Stage pretrained: which weights each architecture begins from, as one line for each.

Stage train depends on its architecture's line, not on the folder: a file that a recipe does not
name reruns nothing of it.
"""

import start

from archbench.base import errors, files, params, paths
from archbench.training.config import Pretrained, Selection
from archbench.training.recipe import PRETRAINED, TIMM


def main() -> None:
    recipe = params.read(Selection).recipe
    wanted = params.read(Pretrained, f"recipes.{recipe}")
    for architecture in wanted.architectures:
        line = origin(wanted.merge(wanted.recipe, architecture).init_from)
        files.write_text(paths.origin(architecture), f"{line}\n")


def origin(init_from: str | None) -> str:
    """A file's name does not matter, nor does that of one of timm's, which is in the recipe."""
    if not init_from or init_from.startswith(TIMM):
        return "no file"
    return files.sha256(PRETRAINED / init_from)


if __name__ == "__main__":
    errors.run(main)
