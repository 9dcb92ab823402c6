"""Begin from weights that were learned elsewhere; the head always begins anew."""

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn

from archbench.base.errors import Refused
from archbench.networks.classifier import Classifier
from archbench.networks.vision import timm
from archbench.networks.weights import Weights
from archbench.training.recipe import PRETRAINED, TIMM


def find(init_from: str) -> Weights:
    """The weights that a recipe names, of the network alone, by their names there."""
    if init_from.startswith(TIMM):
        return _fetch(init_from)
    path = PRETRAINED / init_from
    try:
        found = load_file(path)
    except (OSError, SafetensorError) as error:
        raise Refused(
            f"init_from = {init_from!r}: {path} is no safetensors file: {error}"
        ) from None
    ours = {name.removeprefix("network."): value for name, value in found.items()}
    return {name: value for name, value in ours.items() if name not in ("mean", "std")}


def _fetch(init_from: str) -> Weights:
    """timm's own pretrained weights, through its hub's cache."""
    name = init_from.removeprefix(TIMM)
    try:
        return dict(timm.create_model(name, pretrained=True).state_dict())
    except Exception as error:  # what the hub's client raises is its own affair
        first = (str(error) or type(error).__name__).splitlines()[0]
        raise Refused(
            f"init_from = {init_from!r}: timm cannot fetch it: {first}; without a network, put its "
            f"model.safetensors into {PRETRAINED} and name that file"
        ) from None


@torch.no_grad()
def begin(model: Classifier, weights: Weights, source: str) -> None:
    """Copy the weights into the network, all but the head's.

    A first convolution of other colour channels is adapted as timm does: summed over them for
    grey images, repeated for more. Refused where a shape or a name does not fit.
    """
    ours = model.network.state_dict()
    wanted = ours.keys() - head_names(model.network)
    if missing := sorted(wanted - weights.keys()):
        raise Refused(f"init_from = {source!r}: has no {missing[0]} ({len(missing)} missing)")
    taken = {name: _adapted(weights[name], ours[name]) for name in ours if name in wanted}
    for name, given in taken.items():
        if given.shape != ours[name].shape:
            raise Refused(
                f"init_from = {source!r}: {name} is {tuple(given.shape)}, "
                f"the network's {tuple(ours[name].shape)}"
            )
    for name, given in taken.items():
        ours[name].copy_(given)


def _adapted(given: Tensor, ours: Tensor) -> Tensor:
    """A filter bank (out, in, height, width) that differs in its input channels alone."""
    filters = given.ndim == ours.ndim == 4
    if filters and given.shape[1] == 3 and given.shape[::2] == ours.shape[::2]:
        adapted: Tensor = timm.models.adapt_input_conv(ours.shape[1], given)
        return adapted
    return given


def head(network: nn.Module) -> nn.Linear:
    """Of every architecture here, and of timm's, the last linear layer."""
    return [module for module in network.modules() if isinstance(module, nn.Linear)][-1]


def head_names(network: nn.Module) -> set[str]:
    """Of its parameters, in the network's state."""
    ids = {id(weight) for weight in head(network).parameters()}
    return {name for name, weight in network.named_parameters() if id(weight) in ids}


def freeze_backbone(model: Classifier) -> None:
    """Leave the head alone to learn (a linear probe, Alain & Bengio 2017)."""
    model.requires_grad_(False)
    head(model.network).requires_grad_(True)
