"""timm, imported so that it works where torchvision's compiled operators did not load.

torchvision's default wheel is built for CUDA. Beside a CPU build of torch its library cannot be
loaded, and `import torchvision` fails on the unregistered operators `nms` and `qnms`. Nothing
here detects objects, so declaring the two is enough. Where torchvision imports, nothing is done.
"""

import sys

import torch

_SIGNATURE = "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor"

try:
    import torchvision
except RuntimeError as error:
    if "torchvision::" not in str(error):
        raise
    for name in [name for name in sys.modules if name.split(".")[0] == "torchvision"]:
        del sys.modules[name]
    declared = torch.library.Library("torchvision", "FRAGMENT")  # the operators live as long as it
    for operator in ("nms", "qnms"):
        declared.define(operator + _SIGNATURE)
    import torchvision  # noqa: F401

import timm
import timm.data
import timm.layers
import timm.optim
import timm.scheduler
import timm.utils

__all__ = ["timm"]
