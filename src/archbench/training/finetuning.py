"""Fine-tuning: a network's first weights are those of another run; its head's are always new."""

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn

from archbench.base.errors import Refused
from archbench.networks.classifier import Classifier
from archbench.networks.vision import timm
from archbench.networks.weights import Weights
from archbench.training.recipe import PRETRAINED, TIMM


def load(init_from: str) -> Weights:
    """The weights that a recipe's `init_from` names, by their names in the network.

    Refused if there is no such file or timm cannot download them.
    """
    if init_from.startswith(TIMM):
        return _download(init_from)
    path = PRETRAINED / init_from
    try:
        values = load_file(path)
    except (OSError, SafetensorError) as error:
        raise Refused(
            f"init_from = {init_from!r}: {path} is no safetensors file: {error}"
        ) from None
    network = {name.removeprefix("network."): value for name, value in values.items()}
    return {name: value for name, value in network.items() if name not in ("mean", "std")}


def _download(init_from: str) -> Weights:
    """timm's pretrained weights, which its hub's client caches."""
    name = init_from.removeprefix(TIMM)
    try:
        return dict(timm.create_model(name, pretrained=True).state_dict())
    except Exception as error:  # the hub's client raises exceptions of many kinds
        first = (str(error) or type(error).__name__).splitlines()[0]
        raise Refused(
            f"init_from = {init_from!r}: timm cannot fetch it: {first}; without a network, put its "
            f"model.safetensors into {PRETRAINED} and name that file"
        ) from None


@torch.no_grad()
def initialise(model: Classifier, weights: Weights, source: str) -> None:
    """Copy the weights, all but the head's, into the network.

    Filters for RGB images are adapted to other numbers of channels as in timm: summed for grey
    images, repeated for more channels. Refused if a name is missing or a shape does not fit;
    `source` names the weights in that message.
    """
    state = model.network.state_dict()
    backbone = state.keys() - head_names(model.network)
    if missing := sorted(backbone - weights.keys()):
        raise Refused(f"init_from = {source!r}: has no {missing[0]} ({len(missing)} missing)")
    new = {name: _adapt(weights[name], state[name]) for name in state if name in backbone}
    for name, value in new.items():
        if value.shape != state[name].shape:
            raise Refused(
                f"init_from = {source!r}: {name} is {tuple(value.shape)}, "
                f"the network's {tuple(state[name].shape)}"
            )
    for name, value in new.items():
        state[name].copy_(value)


def _adapt(value: Tensor, target: Tensor) -> Tensor:
    """Adapt filters (out, 3, height, width) to the target's input channels; leave the rest."""
    filters = value.ndim == target.ndim == 4
    if filters and value.shape[1] == 3 and value.shape[::2] == target.shape[::2]:
        adapted: Tensor = timm.models.adapt_input_conv(target.shape[1], value)
        return adapted
    return value


def head(network: nn.Module) -> nn.Linear:
    """The last linear layer, which is the head of every architecture here and of timm's."""
    return [module for module in network.modules() if isinstance(module, nn.Linear)][-1]


def head_names(network: nn.Module) -> set[str]:
    """The names of the head's parameters in the network's state."""
    ids = {id(weight) for weight in head(network).parameters()}
    return {name for name, weight in network.named_parameters() if id(weight) in ids}


def freeze_backbone(model: Classifier) -> None:
    """Only the head learns: a linear probe (Alain & Bengio 2017)."""
    model.requires_grad_(False)
    head(model.network).requires_grad_(True)
