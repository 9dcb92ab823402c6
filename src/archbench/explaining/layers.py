"""The layers of any network whose outputs are explained, found by running it once."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn

LEAST_SIDE = 4
"""Of a map in cells: one coarser says no more than left or right."""


@dataclass(frozen=True, slots=True)
class Layers:
    """Dotted names of modules."""

    head: str
    """The last layer with weights to run: its input are the features."""
    map: str | None
    """The last to give a map (N, C, h, w) of at least 4×4; None where the network has none."""


@dataclass(slots=True)
class Tap:
    """What flowed through the layers in the last forward pass."""

    features: Tensor = field(default_factory=lambda: torch.empty(0))
    map: Tensor | None = None


def find(model: nn.Module, shape_chw: tuple[int, int, int]) -> Layers:
    """A network that turns its map into tokens (N, T, C) counts as one without a map.

    Attention has mixed the places by the time it decides; its patches alone tell little.
    """
    ran = _run_once(model, shape_chw)
    with_weights = [name for name, module, _ in ran if _is_layer(module)]
    maps = [number for number, (_, _, out) in enumerate(ran) if _is_map(out, shape_chw[1:])]
    tokens = any(len(out) == 3 for _, _, out in ran[maps[-1] :]) if maps else True
    return Layers(head=with_weights[-1], map=None if tokens else ran[maps[-1]][0])


@contextmanager
def tapped(model: nn.Module, layers: Layers) -> Iterator[Tap]:
    """Features and map of every forward pass inside; gradients are recorded from the map on."""
    tap = Tap()

    def keep_features(_: nn.Module, inputs: tuple[Tensor, ...], __: Any) -> None:
        seen = inputs[0].detach().float()
        tap.features = seen.flatten(2).mean(2) if seen.ndim == 4 else seen.flatten(1)

    def begin_at_map(_: nn.Module, __: Any, output: Tensor) -> Tensor:
        tap.map = output.detach().requires_grad_(torch.is_grad_enabled())
        return tap.map

    handles = [model.get_submodule(layers.head).register_forward_hook(keep_features)]
    if layers.map is not None:
        handles.append(model.get_submodule(layers.map).register_forward_hook(begin_at_map))
    try:
        yield tap
    finally:
        for handle in handles:
            handle.remove()


def _run_once(
    model: nn.Module, shape_chw: tuple[int, int, int]
) -> list[tuple[str, nn.Module, tuple[int, ...]]]:
    """Name, module and output shape of every module that gave a tensor, in order of finishing."""
    ran: list[tuple[str, nn.Module, tuple[int, ...]]] = []
    handles = [
        module.register_forward_hook(
            lambda module, _, out, name=name: (
                ran.append((name, module, tuple(out.shape))) if isinstance(out, Tensor) else None
            )
        )
        for name, module in model.named_modules()
    ]
    device = next(model.parameters()).device
    with torch.inference_mode():
        model.eval()(torch.zeros(1, *shape_chw, device=device))
    for handle in handles:
        handle.remove()
    return ran


def _is_layer(module: nn.Module) -> bool:
    """A vision transformer has weights of its own, its positions, beside its layers."""
    return bool(list(module.parameters())) and not list(module.children())


def _is_map(shape: tuple[int, ...], image: tuple[int, ...]) -> bool:
    """No side beyond the image's: (N, h, w, C) has one."""
    if len(shape) != 4:
        return False
    return all(LEAST_SIDE <= side <= most for side, most in zip(shape[2:], image, strict=True))
