"""The keys of params.yaml that training reads: recipes, budgets, shared knobs. No torch."""

from typing import Annotated, Any, Literal

from pydantic import Field

from archbench.base import params
from archbench.base.params import Count, Names, Positive, Section
from archbench.training.recipe import Optimizer, Rate, Recipe
from archbench.training.tracking import Kind

SHARED = "shared"
"""The entry of `recipes` that holds what all recipes of a set have in common."""

KNOBS = ("lr", "epochs", "batch_size")
"""Keys that, where they are not empty, are used by every architecture in place of its recipe's."""

Values = dict[str, Any] | None
"""A recipe as params.yaml has it, or nothing."""


class Budget(Section):
    """How much training every architecture gets, and how much regularisation at most."""

    petaflop: Positive | None
    """Training compute of a run, 10¹⁵ operations; empty: as much as the recipe's epochs take."""
    regularisation: Literal["light"] | None
    """light: no augmentation but crop and flip, no Mixup or CutMix, since a few epochs underfit."""


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

    def merge(self, kind: Literal["tuned", "reference"], architecture: str) -> Recipe:
        """The shared recipe of a set, overridden by the architecture's."""
        recipes, place = self.recipes[kind], f"recipes.{kind}"
        for name in (SHARED, architecture):
            params.must_be_known(place, name, recipes)
        shared, own = recipes[SHARED] or {}, recipes[architecture] or {}
        params.validate(PartialRecipe, shared, within=f"{place}.{SHARED}.")
        merged = merge_mappings(shared, own)
        return params.validate(Recipe, merged, within=f"{place}.{architecture}.")


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
    processes: Annotated[int, Field(ge=1, le=64)]
    tracker: Kind
    budgets: dict[Literal["quick", "full"], Budget]

    @property
    def selected_budget(self) -> Budget:
        return self.budgets[self.budget]

    def recipe_of(self, architecture: str) -> Recipe:
        """The architecture's recipe, with the knobs that are set and the budget's regularisation.

        How much of it the budget's compute pays for depends on the network: `budget.afford`.
        """
        recipe = self.merge(self.recipe, architecture)
        if self.selected_budget.regularisation == "light":
            recipe = recipe.lighten()
        knobs = {key: knob for key in KNOBS if (knob := getattr(self, key))}
        return recipe.model_copy(update=knobs)


def merge_mappings(shared: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    """`shared` overridden by `own`; mappings within them are merged alike."""
    result = shared | own
    for key in shared.keys() & own.keys():
        if isinstance(shared[key], dict) and isinstance(own[key], dict):
            result[key] = merge_mappings(shared[key], own[key])
    return result
