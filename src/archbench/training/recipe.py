"""What one training run is asked to do: the shared knobs, the budget, the recipe."""

from typing import Annotated, Any, Literal

from pydantic import Field

from archbench.params import Count, NonNegative, Positive, Probability, Section


class Augmentation(Section):
    """Each image its own draw, in this order; zero turns a step off."""

    crop: Annotated[int, Field(ge=0, le=16)] = 0
    """Pixels of zero padding before a random crop back to size."""
    flip: Probability = 0.0
    """Probability of a horizontal flip; none where a mirrored image changes its class (digits)."""
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


class Recipe(Section):
    """How one architecture is trained."""

    optimizer: Literal["momentum", "sgd", "adam", "adamw", "muon"]
    """timm's names: `momentum` is SGD with momentum, `sgd` the same with Nesterov's."""
    lr: Positive
    momentum: Probability = 0.9
    weight_decay: NonNegative = 0.0
    batch_size: Count = 128
    epochs: Count
    schedule: Literal["constant", "cosine", "onecycle"] = "constant"
    """Of the learning rate, stepped per update."""
    warmup: Probability = 0.0
    """Fraction of the updates spent rising linearly to `lr` (cosine) or to the peak (onecycle)."""
    min_lr: NonNegative = 0.0
    """Where cosine ends; onecycle ends at a 250,000th of `lr`, torch's default."""
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

    @property
    def mixes(self) -> bool:
        return self.mix_probability > 0 and (self.mixup_alpha > 0 or self.cutmix_alpha > 0)

    def lightened(self) -> "Recipe":
        kept = Augmentation(crop=self.augmentation.crop, flip=self.augmentation.flip)
        unmixed = {"mixup_alpha": 0.0, "cutmix_alpha": 0.0}
        return self.model_copy(update={"augmentation": kept, **unmixed})

    def unflipped(self) -> "Recipe":
        kept = self.augmentation.model_copy(update={"flip": 0.0})
        return self.model_copy(update={"augmentation": kept})


class Budget(Section):
    """Caps on every recipe; empty leaves the recipe as it is."""

    epochs: Count | None
    train_images: Count | None
    batch_size: Count | None
    """Smaller batches make more updates of few images. The learning rate falls with the square
    root of the batch (Krizhevsky 2014), which keeps the variance of an update."""
    regularisation: Literal["light"] | None
    """light: crop and flip are all the augmentation and nothing is mixed, since a few epochs
    underfit as it is."""

    def cap(self, recipe: Recipe) -> Recipe:
        epochs = min(recipe.epochs, self.epochs or recipe.epochs)
        batch = min(recipe.batch_size, self.batch_size or recipe.batch_size)
        lr = recipe.lr * (batch / recipe.batch_size) ** 0.5
        capped = recipe.model_copy(update={"epochs": epochs, "batch_size": batch, "lr": lr})
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
    budgets: dict[Literal["quick", "full"], Budget]
    recipes: dict[str, Recipe]

    def recipe(self, architecture: str) -> Recipe:
        """The architecture's recipe under the budget; a shared knob that is set wins over both."""
        capped = self.budgets[self.budget].cap(self.recipes[architecture])
        knobs = {"lr": self.lr, "epochs": self.epochs, "batch_size": self.batch_size}
        return capped.model_copy(update={key: knob for key, knob in knobs.items() if knob})

    @property
    def train_images(self) -> int | None:
        return self.budgets[self.budget].train_images
