"""The whole of params.yaml at once, before anything long begins and before torch is imported."""

import ast
from collections.abc import Callable, Container
from math import inf
from pathlib import Path
from typing import Any

from pydantic import Field, create_model

from archbench.base import params
from archbench.base.errors import Refused
from archbench.base.params import Section
from archbench.comparison.config import Equivalence
from archbench.download.catalogue import DATASETS
from archbench.download.config import Download
from archbench.evaluation.config import Evaluation
from archbench.export.config import Exports
from archbench.external.config import External
from archbench.gallery.config import Gallery
from archbench.networks import options
from archbench.people.config import People
from archbench.split.config import Split, count
from archbench.training.config import KNOBS, SHARED, Training
from archbench.training.recipe import INIT_FROM_HINT, PRETRAINED, TIMM, Recipe
from archbench.training.tracking import must_be_installed

MODELS = Path(__file__).parent / "models"
TAKEN = ("index", "shared")
"""Names of the gallery's pages, which no architecture may have."""
ARGUMENTS = ["num_classes", "in_channels", "image_size"]
"""The arguments of every `build`; what follows them is an option."""
TYPES = {"bool": bool, "int": int, "float": float, "str": str} | {
    name: getattr(options, name) for name in options.__all__
}
"""The types that an option may have, by their names."""


class Everything(
    Download, Split, Training, Evaluation, People, Equivalence, External, Gallery, Exports
):
    """Every key that some stage reads; another is refused."""


def check(values: dict[str, Any], models: Path = MODELS) -> None:
    """Refuse what one section alone cannot see: names, sizes and options that do not fit."""
    asked = params.validate(Everything, values)
    _refuse_repeats("architectures", asked.architectures)
    _refuse_repeats("seeds", asked.seeds)
    _refuse_repeats("exports", asked.exports)
    if left := sorted(set(asked.exports) - set(asked.architectures)):
        raise Refused(
            f"params.yaml: exports = {params.shown(asked.exports)}: should name some of "
            f"architectures, which {params.shown(left[0])} is not"
        )
    if asked.processes > 1 and asked.compile == "always":
        raise Refused("params.yaml: compile = 'always': should be auto or never with processes > 1")
    must_be_installed(asked.tracker)
    for kind, recipes in asked.recipes.items():
        for architecture in recipes:
            if architecture != SHARED:
                asked.merge(kind, architecture)
    _refuse_no_people(asked)
    _refuse_no_folder(asked.folder.path, used=asked.dataset == "folder")
    builders = find_builders(models)
    _check_external(asked, builders)
    train_images = _train_images(asked)
    for architecture in asked.architectures:
        params.must_be_known("architectures", architecture, builders)
        recipe = asked.recipe_of(architecture)
        _check_init(f"recipes.{asked.recipe}.{architecture}.init_from", recipe.init_from)
        _check_batch(asked, architecture, recipe, train_images)
        _check_options(asked.recipe, architecture, recipe, builders[architecture])
        _check_resizing(asked.recipe, architecture, recipe, builders[architecture])


def hides(values: dict[str, Any]) -> list[str]:
    """The knobs that are set, so that no recipe's own is used: `-S lr=0.1` stays in the file."""
    return [key for key in KNOBS if values[key] is not None]


def find_builders(models: Path) -> dict[str, ast.FunctionDef]:
    """Each architecture's `build`, parsed but not run: importing it would import torch."""
    return {
        source.stem: node
        for source in sorted(models.glob("*.py"))
        for node in ast.parse(source.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef) and node.name == "build"
        if source.stem not in TAKEN
    }


def _check_external(asked: External, builders: Container[str]) -> None:
    """What can be seen before the data is there: stage external reads the files."""
    for name, files in asked.models.items():
        if name in builders:
            raise Refused(
                f"params.yaml: external.{name}: is the name of an architecture too, "
                f"models/{name}.py: give another"
            )
        for file in files:
            if not _found(file.is_file):
                raise Refused(f"params.yaml: external.{name}: {params.shown(str(file))} is no file")


def _check_init(key: str, init_from: str | None) -> None:
    if (
        init_from
        and not init_from.startswith(TIMM)
        and not _found((PRETRAINED / init_from).is_file)
    ):
        raise Refused(f"params.yaml: {key} = {params.shown(init_from)}: {INIT_FROM_HINT}")


def _check_options(kind: str, architecture: str, recipe: Recipe, build: ast.FunctionDef) -> None:
    """Hold the recipe's options to the keyword-only arguments of `build` and to their types.

    An option without a default must be in the recipe. `models/__init__.py` has the whole contract.
    """
    _check_signature(architecture, build.args)
    pairs = zip(build.args.kwonlyargs, build.args.kw_defaults, strict=True)
    fields: dict[str, Any] = {
        option.arg: (_option_type(architecture, option), Field() if default is None else None)
        for option, default in pairs
    }
    section = create_model("Options", __base__=Section, **fields)
    params.validate(section, recipe.options, within=f"recipes.{kind}.{architecture}.options.")


def _check_signature(architecture: str, arguments: ast.arguments) -> None:
    positional = [argument.arg for argument in arguments.posonlyargs + arguments.args]
    within = f"models/{architecture}.py: build"
    if positional[:3] != ARGUMENTS:
        raise Refused(f"{within}: its first arguments should be {', '.join(ARGUMENTS)}")
    if positional[3:]:
        raise Refused(f"{within}({positional[3]}): should be keyword-only, so after a `*`")
    for stars, argument in (("*", arguments.vararg), ("**", arguments.kwarg)):
        if argument:
            raise Refused(f"{within}({stars}{argument.arg}): should name each option and its type")


def _option_type(architecture: str, option: ast.arg) -> Any:
    """The type that the annotation names, without running the file."""
    match option.annotation:
        case ast.Name(id=name) if name in TYPES:
            return TYPES[name]
        case None:
            problem = "has no type"
        case annotation:
            problem = f"has the type {ast.unparse(annotation)}"
    raise Refused(
        f"models/{architecture}.py: build({option.arg}) {problem}: should be one of "
        f"{', '.join(TYPES)} (networks/options.py)"
    )


def _check_resizing(kind: str, architecture: str, recipe: Recipe, build: ast.FunctionDef) -> None:
    """A `build` that makes use of `image_size` makes a network for images of that size alone."""
    used = {node.id for node in ast.walk(build) if isinstance(node, ast.Name)}
    if recipe.progressive_resizing and "image_size" in used:
        raise Refused(
            f"params.yaml: recipes.{kind}.{architecture}.progressive_resizing = "
            f"{recipe.progressive_resizing}: should be 0, since {architecture} takes images "
            "of one size only"
        )


def _refuse_no_people(asked: Everything) -> None:
    if asked.human_labels and asked.dataset != "cifar10":
        raise Refused(
            f"params.yaml: human_labels = true: should be false for dataset: {asked.dataset}, "
            "since people labelled the test images of cifar10 only"
        )


def _refuse_no_folder(path: str, used: bool) -> None:
    """Whatever the data set, it has to be there: DVC watches it."""
    if not _found(Path(path).is_dir):
        raise Refused(f"params.yaml: folder.path = {params.shown(path)}: there is no such folder")
    if used and not _found((Path(path) / "train").is_dir):
        queue = "; the queue and `--temp` copy what git knows, so they need an absolute path"
        raise Refused(
            f"params.yaml: folder.path = {params.shown(path)}: has no folder train"
            f"{'' if Path(path).is_absolute() else queue}"
        )


def _found(look: Callable[[], bool]) -> bool:
    """Not where the system refuses to look either: no right to, or too long a name."""
    try:
        return look()
    except OSError:
        return False


def _train_images(asked: Everything) -> float:
    """How many images the split leaves to train on; those of a folder are not yet counted."""
    if asked.dataset == "folder":
        return inf
    size = DATASETS[asked.dataset].train_size
    held_out = count(asked.validation, size)
    if held_out >= size:
        raise Refused(
            f"params.yaml: validation = {params.shown(asked.validation)}: should be below the "
            f"{size} training images of {asked.dataset}"
        )
    return size - held_out


def _check_batch(asked: Everything, architecture: str, recipe: Recipe, left: float) -> None:
    """A recipe's own batch is cut to the training images; one that the user asks for is not."""
    train_images = min(left, recipe.train_images or left)
    key = f"batch_size of {architecture}"
    if asked.batch_size and asked.batch_size > train_images:
        raise Refused(
            f"params.yaml: {key} = {asked.batch_size}: should be at most {train_images}, "
            "the training images that the split and the recipe leave, or empty"
        )
    if min(recipe.batch_size, train_images) < 2 * asked.processes:
        raise Refused(
            f"params.yaml: processes = {asked.processes}: should be at most half of {key}, "
            f"which is {min(recipe.batch_size, train_images):.0f}"
        )
    if recipe.mixes and recipe.batch_size % 2:
        raise Refused(
            f"params.yaml: {key} = {recipe.batch_size}: should be even, "
            "since Mixup and CutMix take the images in pairs"
        )


def _refuse_repeats(key: str, values: list[Any]) -> None:
    if len(set(values)) < len(values):
        raise Refused(f"params.yaml: {key} = {params.shown(values)}: should name each just once")
