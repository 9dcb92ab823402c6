"""How one architecture is trained. A field that is set to its default is off."""

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, field_validator

from archbench.base.params import Count, NonNegative, Positive, Probability, Section, Text

Padding = Literal["zero", "reflect"]
Optimizer = Literal["momentum", "sgd", "adam", "adamw", "muon"]
"""timm's names: `momentum` is SGD with momentum, `sgd` is SGD with Nesterov's momentum."""

PRETRAINED = Path("data/pretrained")
TIMM = "timm:"

Rate = Annotated[float, Field(gt=0, le=100)]
"""A learning rate. No optimiser here learns at more than a few."""
Decay = Annotated[float, Field(ge=0, le=10)]
"""Weight decay: each update shrinks the weights by this, times the learning rate."""

INIT_FROM_HINT = f"should be a file in {PRETRAINED}, or {TIMM}<name of a pretrained model>"


class Augmentation(Section):
    """The steps, in their order; each image has its own draw, and zero turns a step off."""

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


class EarlyStopping(Section):
    """Two rules on the validation loss; a rule whose patience is empty is off."""

    patience: Count | None = None
    """Stagnation: so many epochs without improving on the best by more than `min_delta`."""
    min_delta: NonNegative = 0.0
    overfit_patience: Count | None = None
    """Overfitting: so many epochs running above the best by more than `delta_overfit`."""
    delta_overfit: NonNegative = 0.0


class Recipe(Section):
    """How one architecture is trained."""

    optimizer: Optimizer
    lr: Rate
    momentum: Probability = 0.9
    weight_decay: Decay = 0.0
    batch_size: Count = 128
    epochs: Count
    train_images: Count | None = None
    """The first so many of the split, which is in random order; empty: all."""
    schedule: Literal["constant", "linear", "cosine", "onecycle", "step", "plateau"] = "constant"
    """Of the learning rate, stepped per update; plateau: per epoch, by the validation loss."""
    warmup: Probability = 0.0
    """Fraction of the updates spent rising linearly to `lr`; onecycle rises by a cosine."""
    min_lr: Annotated[float, Field(ge=0, le=100)] = 0.0
    """Where `lr` ends under linear, cosine and plateau; onecycle ends at a 250,000th of it."""
    decay: Annotated[float, Field(gt=0, lt=1)] = 0.1
    """step, plateau: what the learning rate is multiplied by."""
    milestones: list[Probability] = Field(
        default_factory=lambda: [0.5, 0.75], min_length=1, max_length=100
    )
    """step: fractions of the updates after which the rate is multiplied by `decay`."""
    plateau_patience: Count = 5
    """plateau: epochs without a lower validation loss before a decay."""
    vector_lr_scale: Positive | None = None
    """Learning rate of biases and norms, as a multiple of `lr`. Empty: 0.1 under muon, whose
    rates fit matrices alone and which leaves vectors to AdamW; 1 under the others."""
    label_smoothing: Annotated[float, Field(ge=0, lt=1)] = 0.0
    clip_norm: Positive | None = None
    mixup_alpha: NonNegative = 0.0
    cutmix_alpha: NonNegative = 0.0
    mix_probability: Probability = 1.0
    """Probability that a batch is mixed at all, where one of the alphas is above zero."""
    ema_decay: Annotated[float, Field(gt=0, lt=1)] | None = None
    progressive_resizing: Probability = 0.0
    """Fraction of the updates, the first, on images shrunk to three quarters of their side."""
    augmentation: Augmentation = Augmentation()
    options: dict[str, Any] = Field(default_factory=dict)
    """Keyword arguments of the architecture's `build`."""

    early_stopping: EarlyStopping = EarlyStopping()
    checkpoint_every: Count | None = None
    """Keep also the weights after every so many epochs."""

    init_from: Annotated[Text, Field(max_length=255)] | None = None
    """Weights to start from: a file in data/pretrained, or timm:<name of a pretrained model>."""
    fine_tune: Literal["full", "linear_probe"] = "full"
    """linear_probe: only the head learns, behind a frozen backbone in evaluation mode."""
    layer_decay: Annotated[float, Field(gt=0, le=1)] = 1.0
    """Learning rate of a layer, as a multiple of that of the layer above (Clark et al. 2020)."""

    @field_validator("init_from")
    @classmethod
    def _inside_pretrained(cls, value: str | None) -> str | None:
        """DVC watches this folder alone, so it would not see a change of a file elsewhere."""
        if value is not None and not value.startswith(TIMM):
            path = Path(value)
            if not path.parts or path.is_absolute() or ".." in path.parts:
                raise ValueError(INIT_FROM_HINT)
        return value

    @property
    def effective_vector_lr_scale(self) -> float:
        """`vector_lr_scale`, or what the optimiser needs if it is empty."""
        return self.vector_lr_scale or (0.1 if self.optimizer == "muon" else 1.0)

    @property
    def mixes(self) -> bool:
        """Whether Mixup or CutMix is on."""
        return self.mix_probability > 0 and (self.mixup_alpha > 0 or self.cutmix_alpha > 0)

    def limit_batch(self, images: int) -> "Recipe":
        """The recipe with a batch no larger than the number of training images.

        Mixup and CutMix pair the images of a batch, so with them the limit is even.
        """
        most = images - images % 2 if self.mixes else images
        return self.model_copy(update={"batch_size": min(self.batch_size, most)})

    def lighten(self) -> "Recipe":
        """The recipe with crop and flip as its only augmentation, and without Mixup and CutMix."""
        augmentation = Augmentation(
            crop=self.augmentation.crop,
            padding=self.augmentation.padding,
            flip=self.augmentation.flip,
        )
        changes = {"augmentation": augmentation, "mixup_alpha": 0.0, "cutmix_alpha": 0.0}
        return self.model_copy(update=changes)

    def without_flip(self) -> "Recipe":
        """The recipe for images whose mirror image may be of another class."""
        augmentation = self.augmentation.model_copy(update={"flip": 0.0})
        return self.model_copy(update={"augmentation": augmentation})
