"""The loops that ours is measured against.

The plain one is that of public CIFAR repositories: fp32, NCHW, a DataLoader with two workers,
torchvision's transforms image by image. The expert's is the same in bf16 and channels last.
"""

from collections.abc import Iterator

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset

from archbench.networks.vision import timm  # noqa: F401  (makes torchvision importable)

from torchvision.transforms import v2  # isort: skip

LIGHT = [v2.RandomCrop(32, padding=4), v2.RandomHorizontalFlip()]
HEAVY = [
    v2.RandomHorizontalFlip(),
    v2.RandomRotation(15),
    v2.RandomPerspective(0.5, p=0.5),
    v2.ColorJitter(0.2, 0.2, 0.2, 0.1),
]
ERASING = v2.RandomErasing(0.3)


class Images(Dataset[tuple[Tensor, int]]):
    """uint8 (N, H, W, C) in memory, transformed one at a time."""

    def __init__(self, images_nhwc: np.ndarray, labels: np.ndarray, heavy: bool) -> None:
        self.images, self.labels = images_nhwc, labels
        after = [v2.ToDtype(torch.float32, scale=True), v2.Normalize([0.5] * 3, [0.25] * 3)]
        steps = [*HEAVY, *after, ERASING] if heavy else [*LIGHT, *after]
        self.transform = v2.Compose([v2.ToImage(), *steps])

    def __len__(self) -> int:
        return len(self.images)

    def __getitem__(self, index: int) -> tuple[Tensor, int]:
        return self.transform(self.images[index]), int(self.labels[index])


def forever(images: Images, batch: int) -> Iterator[list[Tensor]]:
    loader = DataLoader(
        images, batch, shuffle=True, num_workers=2, drop_last=True, persistent_workers=True
    )
    while True:
        yield from loader


def step(
    model: nn.Module, optimizer: torch.optim.Optimizer, batch: list[Tensor], expert: bool
) -> None:
    images, labels = batch
    if expert:
        images = images.to(memory_format=torch.channels_last)
    optimizer.zero_grad()
    with torch.autocast(images.device.type, torch.bfloat16, enabled=expert):
        loss = F.cross_entropy(model(images), labels)
    loss.backward()
    optimizer.step()
