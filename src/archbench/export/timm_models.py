"""The architectures under names of timm, once this is imported: `archbench_<architecture>`.

Then timm loads an exported folder, its config.json and model.safetensors, as any model of its own:

    timm.create_model("local-dir:exports/speednet", pretrained=True)
"""

from collections.abc import Callable
from importlib import import_module
from importlib.resources import files
from typing import Any

from torch import nn

from archbench.networks.vision import timm

PREFIX = "archbench_"
"""Some architectures have a name that a model of timm's has too."""


def _entrypoint(architecture: str) -> Callable[..., nn.Module]:
    """What timm calls: options of `build` come as `model_args` of config.json."""

    def network(num_classes: int, in_chans: int, img_size: list[int], **options: Any) -> nn.Module:
        build = import_module(f"archbench.models.{architecture}").build
        built: nn.Module = build(num_classes, in_chans, tuple(img_size), **options)
        return built

    def create(pretrained: bool = False, **arguments: Any) -> nn.Module:
        name = PREFIX + architecture
        built: nn.Module = timm.models.build_model_with_cfg(network, name, pretrained, **arguments)
        return built

    create.__name__, create.__module__ = PREFIX + architecture, __name__
    return create


for source in files("archbench.models").iterdir():
    if source.name.endswith(".py") and not source.name.startswith("_"):
        timm.models.register_model(_entrypoint(source.name.removesuffix(".py")))
