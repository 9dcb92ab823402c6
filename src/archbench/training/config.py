"""The keys of params.yaml that training reads: recipes, budgets, shared knobs. No torch."""

from typing import Any, Literal

from archbench.base import params
from archbench.base.params import Count, Names, Section
from archbench.training.recipe import Optimizer, Rate, Recipe
from archbench.training.tracking import Kind

SHARED = "shared"
"""The entry of `recipes` that holds what all recipes of a set have in common."""

KNOBS = ("lr", "epochs", "batch_size")
"""Keys that, where they are not empty, are used by every architecture in place of its recipe's."""

Values = dict[str, Any] | None
"""A recipe as params.yaml has it, or nothing."""


class Budget(Section):
    """Caps on every recipe that has no `quick` of its own; empty leaves the recipe as it is."""

    epochs: Count | None
    train_images: Count | None
    regularisation: Literal["light"] | None
    """light: no augmentation but crop and flip, no Mixup or CutMix, since a few epochs underfit."""

    def cap(self, recipe: Recipe) -> Recipe:
        """The recipe under this budget."""
        caps = {
            "epochs": _smaller(recipe.epochs, self.epochs),
            "train_images": _smaller(recipe.train_images, self.train_images),
        }
        capped = recipe.model_copy(update=caps)
        return capped.lighten() if self.regularisation == "light" else capped


class PartialRecipe(Recipe):
    """Some keys of a recipe, without those that a whole recipe must have."""

    optimizer: Optimizer = "sgd"
    lr: Rate = 1.0
    epochs: Count = 1


class Selection(Section):
    """The set of recipes and the budget."""

    recipe: Literal["tuned", "reference"]
    """tuned: the best known; reference: as each system's authors ran it."""
    budget: Literal["quick", "full"]


class Recipes(Selection):
    """All recipes, and how an architecture's is put together. Each method refuses a bad recipe."""

    recipes: dict[Literal["tuned", "reference"], dict[str, Values]]

    def select(self, architecture: str) -> Recipe:
        """The architecture's recipe in the selected set, with its own `quick` but no caps."""
        recipe = self.merge(self.recipe, architecture)
        if self.has_own_budget(recipe):
            return self.merge(self.recipe, architecture, quick=True)
        return recipe

    def has_own_budget(self, recipe: Recipe) -> bool:
        """Whether the recipe's `quick` replaces the budget's caps."""
        return self.budget == "quick" and bool(recipe.quick)

    def merge(
        self, kind: Literal["tuned", "reference"], architecture: str, *, quick: bool = False
    ) -> Recipe:
        """The shared recipe of a set, overridden by the architecture's (and by its `quick`)."""
        recipes, place = self.recipes[kind], f"recipes.{kind}"
        for name in (SHARED, architecture):
            params.must_be_known(place, name, recipes)
        shared, own = recipes[SHARED] or {}, recipes[architecture] or {}
        params.validate(PartialRecipe, shared, within=f"{place}.{SHARED}.")
        recipe = params.validate(
            Recipe, merge_mappings(shared, own), within=f"{place}.{architecture}."
        )
        if recipe.quick:
            params.validate(PartialRecipe, recipe.quick, within=f"{place}.{architecture}.quick.")
        if quick:
            return Recipe(**merge_mappings(merge_mappings(shared, own), recipe.quick or {}))
        return recipe


class Pretrained(Recipes):
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
        """The architecture's recipe under the budget; a knob that is set overrides both."""
        recipe = self.select(architecture)
        if not self.has_own_budget(recipe):
            recipe = self.budgets[self.budget].cap(recipe)
        knobs = {key: knob for key in KNOBS if (knob := getattr(self, key))}
        return recipe.model_copy(update={"quick": None, **knobs})


def _smaller(own: int | None, cap: int | None) -> int | None:
    """The smaller of both; empty is unbounded."""
    return min(filter(None, (own, cap)), default=None)


def merge_mappings(shared: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    """`shared` overridden by `own`; mappings within them are merged alike."""
    result = shared | own
    for key in shared.keys() & own.keys():
        if isinstance(shared[key], dict) and isinstance(own[key], dict):
            result[key] = merge_mappings(shared[key], own[key])
    return result
