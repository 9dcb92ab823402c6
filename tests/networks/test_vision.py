"""timm imports beside any torchvision: one whose operators load, and one whose do not."""

import subprocess
import sys

DECLARE = """
import torch
library = torch.library.Library("torchvision", "FRAGMENT")
for name in ("nms", "qnms"):
    library.define(name + "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
"""
IMPORT = """
from archbench.networks import vision
from torchvision.transforms.v2 import functional
import torch
assert functional.horizontal_flip(torch.arange(2.0).view(1, 1, 2)).tolist() == [[[1.0, 0.0]]]
assert vision.timm.layers.DropPath(0.1)
"""


def run(program: str) -> None:
    subprocess.run([sys.executable, "-c", program], check=True)


def test_timm_and_torchvision_work_as_installed():
    run(IMPORT)


def test_operators_that_are_there_are_left_alone():
    """Declaring them twice would fail: so they were not declared."""
    program = f"""
try:
    import torchvision
except RuntimeError:
    import sys
    for name in [name for name in sys.modules if name.startswith("torchvision")]:
        del sys.modules[name]
    {DECLARE.strip().replace(chr(10), chr(10) + "    ")}
{IMPORT}
assert not hasattr(vision, "declared")
"""
    run(program)
