"""What a search tries: the same settings for every architecture, drawn at random.

Independent draws (Bergstra & Bengio 2012), since the expected best of fewer trials can be read off
them. The one seed gives every architecture the same draws.
"""

from dataclasses import dataclass

import optuna
from optuna.distributions import BaseDistribution, FloatDistribution, IntDistribution

from archbench.training.recipe import Optimizer

SEED = 0
USUAL_LR: dict[Optimizer, float] = {
    "muon": 0.05,
    "adam": 0.001,
    "adamw": 0.001,
    "momentum": 0.1,
    "sgd": 0.1,
}
"""Rates of optimisers differ by their kind, so a draw is a multiple of the usual one."""
SPACE: dict[str, BaseDistribution] = {
    "lr": FloatDistribution(0.25, 4.0, log=True),
    "weight_decay": FloatDistribution(0.001, 0.1, log=True),
    "label_smoothing": FloatDistribution(0.0, 0.2),
    "crop": IntDistribution(0, 4),
}
"""`lr` as a multiple of the optimiser's usual rate, `crop` in pixels."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Setting:
    """What one trial changes of a recipe."""

    lr: float
    weight_decay: float
    label_smoothing: float
    crop: int

    def overrides(self, recipe: str) -> list[str]:
        """As `dvc exp run -S` takes them; `recipe` is the dotted key of an architecture's."""
        return [
            f"++{recipe}.lr={self.lr}",
            f"++{recipe}.weight_decay={self.weight_decay}",
            f"++{recipe}.label_smoothing={self.label_smoothing}",
            f"++{recipe}.augmentation.crop={self.crop}",
        ]


def draw(count: int, optimizer: Optimizer) -> list[Setting]:
    """The first `count` trials of an architecture that has this optimiser."""
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    study = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=SEED))
    return [_setting(study.ask(SPACE).params, USUAL_LR[optimizer]) for _ in range(count)]


def _setting(drawn: dict[str, float], usual_lr: float) -> Setting:
    return Setting(
        lr=two_digits(usual_lr * drawn["lr"]),
        weight_decay=two_digits(drawn["weight_decay"]),
        label_smoothing=round(drawn["label_smoothing"], 2),
        crop=int(drawn["crop"]),
    )


def two_digits(value: float) -> float:
    """Rounded to two digits, as a person would write it."""
    return float(f"{value:.2g}")
