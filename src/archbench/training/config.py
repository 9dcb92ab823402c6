"""The keys of params.yaml that this room reads: recipes, budgets, shared knobs. No torch."""

from typing import Any, Literal

from archbench.base import params
from archbench.base.params import Count, Names, Section
from archbench.training.recipe import Optimizer, Rate, Recipe
from archbench.training.tracking import Kind

SHARED = "shared"
"""What a set's recipes have in common stands under this name."""

KNOBS = ("lr", "epochs", "batch_size")
"""Empty: each recipe's own. One that is set is used by every architecture."""

Own = dict[str, Any] | None


class Budget(Section):
    """Caps on every recipe that has none of its own; empty leaves the recipe as it is."""

    epochs: Count | None
    train_images: Count | None
    regularisation: Literal["light"] | None
    """light: crop and flip are all the augmentation and nothing is mixed, since a few epochs
    underfit as it is."""

    def cap(self, recipe: Recipe) -> Recipe:
        caps = {
            "epochs": _lower(recipe.epochs, self.epochs),
            "train_images": _lower(recipe.train_images, self.train_images),
        }
        capped = recipe.model_copy(update=caps)
        return capped.lightened() if self.regularisation == "light" else capped


class Part(Recipe):
    """Of a recipe that is whole only with another: nothing has to be said here."""

    optimizer: Optimizer = "sgd"
    lr: Rate = 1.0
    epochs: Count = 1


class Chosen(Section):
    """Which recipes, under which budget."""

    recipe: Literal["tuned", "reference"]
    """tuned: the best known; reference: as each system's authors ran it."""
    budget: Literal["quick", "full"]


class Recipes(Chosen):
    """The recipes as they are written, of which the budget may have its own."""

    recipes: dict[Literal["tuned", "reference"], dict[str, Own]]

    def chosen(self, architecture: str) -> Recipe:
        recipe = self.written(self.recipe, architecture)
        if self.has_own_budget(recipe):
            return self.written(self.recipe, architecture, quick=True)
        return recipe

    def has_own_budget(self, recipe: Recipe) -> bool:
        return self.budget == "quick" and bool(recipe.quick)

    def written(
        self, kind: Literal["tuned", "reference"], architecture: str, *, quick: bool = False
    ) -> Recipe:
        """What the set shares, and in its place what the architecture has of its own."""
        recipes, place = self.recipes[kind], f"recipes.{kind}"
        for name in (SHARED, architecture):
            params.must_be_known(place, name, recipes)
        shared, own = recipes[SHARED] or {}, recipes[architecture] or {}
        params.validate(Part, shared, within=f"{place}.{SHARED}.")
        recipe = params.validate(Recipe, merged(shared, own), within=f"{place}.{architecture}.")
        if recipe.quick:
            params.validate(Part, recipe.quick, within=f"{place}.{architecture}.quick.")
        return Recipe(**merged(merged(shared, own), recipe.quick or {})) if quick else recipe


class Origins(Recipes):
    """The keys that stage pretrained reads."""

    architectures: Names


class Training(Recipes):
    """The keys of params.yaml that stage train reads."""

    lr: Rate | None
    epochs: Count | None
    batch_size: Count | None
    precision: Literal["auto", "bf16", "fp32"]
    compile: Literal["auto", "always", "never"]
    tracker: Kind
    budgets: dict[Literal["quick", "full"], Budget]

    def recipe_of(self, architecture: str) -> Recipe:
        """The architecture's recipe under the budget; a shared knob that is set wins over both."""
        recipe = self.chosen(architecture)
        if not self.has_own_budget(recipe):
            recipe = self.budgets[self.budget].cap(recipe)
        asked = {key: knob for key in KNOBS if (knob := getattr(self, key))}
        return recipe.model_copy(update={"quick": None, **asked})


def _lower(own: int | None, cap: int | None) -> int | None:
    """Empty is without bound."""
    return min(filter(None, (own, cap)), default=None)


def merged(shared: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    """`own` over `shared`, mapping by mapping."""
    both = shared | own
    for key in shared.keys() & own.keys():
        if isinstance(shared[key], dict) and isinstance(own[key], dict):
            both[key] = merged(shared[key], own[key])
    return both
