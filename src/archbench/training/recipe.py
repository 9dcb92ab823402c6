"""What one training run is asked to do: the shared knobs, the budget, the recipe."""

from typing import Annotated, Any, Literal

from pydantic import Field, field_validator

from archbench.params import Count, NonNegative, Positive, Probability, Section

Padding = Literal["zero", "reflect"]


class Augmentation(Section):
    """Each image its own draw, in this order; zero turns a step off."""

    crop: Annotated[int, Field(ge=0, le=16)] = 0
    """Pixels of padding before a random crop back to size."""
    padding: Padding = "zero"
    flip: float | Literal["alternating"] = 0.0
    """Probability of a horizontal flip; none where a mirrored image changes its class (digits).
    alternating: each image is drawn once and mirrored every other epoch (Jordan 2024)."""
    rotation: Annotated[float, Field(ge=0, le=180)] = 0.0
    """Degrees: the angle is uniform in ± this."""
    perspective: Probability = 0.0
    """Probability of moving the corners inwards by up to a quarter of the image's side."""
    jitter: Probability = 0.0
    """Brightness, contrast and saturation are scaled by a factor uniform in 1 ± this."""
    hue: Annotated[float, Field(ge=0, le=0.5)] = 0.0
    """The hue is turned by a fraction of the circle uniform in ± this."""
    erase: Probability = 0.0
    """Probability of blanking a rectangle of 2–33 % of the image (Zhong et al. 2020)."""

    @field_validator("flip", mode="before")
    @classmethod
    def _probability_or_alternating(cls, value: Any) -> Any:
        if value == "alternating":
            return value
        if type(value) in (int, float) and 0 <= value <= 1:
            return float(value)
        raise ValueError("should be a probability from 0 to 1, or alternating")


class Quick(Section):
    """What a recipe is under the quick budget, in place of that budget's caps."""

    epochs: Count
    options: dict[str, Any] = Field(default_factory=dict)
    """In place of the recipe's own."""


class Recipe(Section):
    """How one architecture is trained."""

    optimizer: Literal["momentum", "sgd", "adam", "adamw", "muon"]
    """timm's names: `momentum` is SGD with momentum, `sgd` the same with Nesterov's."""
    lr: Positive
    momentum: Probability = 0.9
    weight_decay: NonNegative = 0.0
    batch_size: Count = 128
    epochs: Count
    train_images: Count | None = None
    """The first so many of the split, which is in random order; empty: all."""
    schedule: Literal["constant", "linear", "cosine", "onecycle"] = "constant"
    """Of the learning rate, stepped per update."""
    warmup: Probability = 0.0
    """Fraction of the updates spent rising linearly to `lr`, or to onecycle's peak."""
    min_lr: NonNegative = 0.0
    """Where linear and cosine end; onecycle ends at a 250,000th of `lr`, torch's default."""
    vector_lr: Positive = 1.0
    """Learning rate of biases and norms, as a multiple of `lr`."""
    label_smoothing: Annotated[float, Field(ge=0, lt=1)] = 0.0
    clip_norm: Positive | None = None
    mixup_alpha: NonNegative = 0.0
    cutmix_alpha: NonNegative = 0.0
    mix_probability: Probability = 1.0
    """Probability that a batch is mixed at all, where one of the alphas is above zero."""
    ema_decay: Annotated[float, Field(gt=0, lt=1)] | None = None
    augmentation: Augmentation = Augmentation()
    options: dict[str, Any] = Field(default_factory=dict)
    """Keyword arguments of the architecture's `build`."""
    quick: Quick | None = None

    @property
    def mixes(self) -> bool:
        return self.mix_probability > 0 and (self.mixup_alpha > 0 or self.cutmix_alpha > 0)

    def lightened(self) -> "Recipe":
        kept = Augmentation(
            crop=self.augmentation.crop,
            padding=self.augmentation.padding,
            flip=self.augmentation.flip,
        )
        unmixed = {"mixup_alpha": 0.0, "cutmix_alpha": 0.0}
        return self.model_copy(update={"augmentation": kept, **unmixed})

    def unflipped(self) -> "Recipe":
        kept = self.augmentation.model_copy(update={"flip": 0.0})
        return self.model_copy(update={"augmentation": kept})


class Budget(Section):
    """Caps on every recipe that has none of its own; empty leaves the recipe as it is."""

    epochs: Count | None
    train_images: Count | None
    batch_size: Count | None
    """Smaller batches make more updates of few images. The learning rate falls with the square
    root of the batch (Krizhevsky 2014), which keeps the variance of an update."""
    regularisation: Literal["light"] | None
    """light: crop and flip are all the augmentation and nothing is mixed, since a few epochs
    underfit as it is."""

    def cap(self, recipe: Recipe) -> Recipe:
        batch = min(recipe.batch_size, self.batch_size or recipe.batch_size)
        caps = {
            "epochs": min(recipe.epochs, self.epochs or recipe.epochs),
            "train_images": self.train_images or recipe.train_images,
            "batch_size": batch,
            "lr": recipe.lr * (batch / recipe.batch_size) ** 0.5,
        }
        capped = recipe.model_copy(update=caps)
        return capped.lightened() if self.regularisation == "light" else capped


class Chosen(Section):
    """Which budget."""

    budget: Literal["quick", "full"]


class Training(Chosen):
    """The keys of params.yaml that stage train reads."""

    lr: Positive | None
    epochs: Count | None
    batch_size: Count | None
    precision: Literal["auto", "bf16", "fp32"]
    compile: Literal["auto", "always", "never"]
    budgets: dict[Literal["quick", "full"], Budget]
    recipes: dict[str, Recipe]

    def recipe(self, architecture: str) -> Recipe:
        """The architecture's recipe under the budget; a shared knob that is set wins over both."""
        recipe = self.recipes[architecture]
        if self.budget == "quick" and recipe.quick:
            recipe = recipe.model_copy(update=dict(recipe.quick))
        else:
            recipe = self.budgets[self.budget].cap(recipe)
        knobs = {"lr": self.lr, "epochs": self.epochs, "batch_size": self.batch_size}
        asked = {key: knob for key, knob in knobs.items() if knob}
        return recipe.model_copy(update={"quick": None, **asked})
