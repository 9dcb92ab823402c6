"""Begin an architecture of one's own: `archbench new NAME`.

Writes a small residual network to src/archbench/models and its recipe to params.yaml, where every
other byte stays. What is written trains as it is, and is there to be edited.
"""

import re
from keyword import iskeyword
from pathlib import Path
from typing import Any

from archbench.base import files, params
from archbench.base.errors import Refused
from archbench.check import TAKEN

MODELS = Path("src/archbench/models")
"""In the clone that the command runs in, whatever is installed."""
RECIPES = "tuned"
LONGEST = 60
"""Characters of a name: it becomes a file's."""
RECIPE = {"lr": 0.03}

TEMPLATE = '''\
"""NAME: a small residual network to begin from, 0.3 M parameters. Say here what it is to be."""

from torch import Tensor, nn


class Block(nn.Module):
    """Two 3×3 convolutions around a skip (He et al. 2016); the first halves the image."""

    def __init__(self, in_channels: int, channels: int) -> None:
        super().__init__()
        self.convolutions = nn.Sequential(
            nn.Conv2d(in_channels, channels, 3, stride=2, padding=1, bias=False),
            nn.BatchNorm2d(channels),
            nn.ReLU(),
            nn.Conv2d(channels, channels, 3, padding=1, bias=False),
            nn.BatchNorm2d(channels),
        )
        self.skip = nn.Conv2d(in_channels, channels, 1, stride=2, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        return nn.functional.relu(self.convolutions(x) + self.skip(x))


def build(num_classes: int, in_channels: int, image_size: tuple[int, int]) -> nn.Module:
    """Images (N, in_channels, height, width) → logits (N, num_classes)."""
    return nn.Sequential(
        nn.Conv2d(in_channels, 32, 3, padding=1, bias=False),
        nn.BatchNorm2d(32),
        nn.ReLU(),
        Block(32, 64),
        Block(64, 128),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(128, num_classes),
    )
'''


def main(name: str) -> None:
    """Write both files and say what to run; refused where the name cannot be an architecture's."""
    path = MODELS / f"{_checked(name)}.py"
    if not MODELS.is_dir():
        raise Refused(f"{MODELS}: there is no such folder: run this in a clone of archbench")
    if path.exists():
        raise Refused(f"{path} exists already")
    changed = with_recipe(_params(), name)
    files.write_text(path, TEMPLATE.replace("NAME", name, 1))
    files.write_text(params.PARAMS, changed)
    print(f"Wrote {path}, and recipes.{RECIPES}.{name} in {params.PARAMS}. To train it:\n")
    print(f"dvc exp run -S architectures='[{name}]'")


def _checked(name: str) -> str:
    if not (name.isidentifier() and name.isascii()) or iskeyword(name) or len(name) > LONGEST:
        raise Refused(
            f"{params.shown(name)}: should be a Python identifier and no keyword, of at most "
            f"{LONGEST} letters a–z, digits and underscores"
        )
    if name in TAKEN:
        raise Refused(f"{name}: is taken; no architecture can be named {' or '.join(TAKEN)}")
    return name


def _params() -> str:
    """The text of params.yaml with the line ends that it has."""
    try:
        return params.PARAMS.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Refused(f"{params.PARAMS}: cannot be read: {error}") from None


def with_recipe(text: str, name: str) -> str:
    """The text of params.yaml with a recipe at the end of `recipes.tuned`, before `reference`.

    Refused if the name has a recipe, or if the text with the recipe would say anything else than
    the text before and the recipe: a file of another form, or a name such as `null`.
    """
    values = params.parse(text)
    recipes = values.get("recipes")
    kinds = recipes.values() if isinstance(recipes, dict) else []
    if any(isinstance(kind, dict) and name in kind for kind in kinds):
        raise Refused(f"{params.PARAMS}: recipes: {name} has a recipe already")
    end = "\r\n" if "\r\n" in text else "\n"
    added = [f"    {name}:", *(f"      {key}: {value}" for key, value in RECIPE.items()), ""]
    changed = re.sub(r"^(?=  reference:)", end.join(added), text, count=1, flags=re.MULTILINE)
    if not _adds(changed, name, values):
        raise Refused(
            f"{params.PARAMS}: recipes.{RECIPES}.{name}: cannot be added; add it by hand, as in "
            "docs/how-to/add-an-architecture.md, or take another name"
        )
    return changed


def _adds(changed: str, name: str, values: dict[str, Any]) -> bool:
    """Whether the text says what `values` say, and the recipe, and nothing else."""
    try:
        found = params.parse(changed)
        recipe = found["recipes"][RECIPES].pop(name)
    except (Refused, KeyError, TypeError):
        return False
    return bool(recipe == RECIPE and found == values)
