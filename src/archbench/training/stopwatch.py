"""How long an epoch's steps take, on the device's own clock."""

import time
from itertools import pairwise
from statistics import median
from typing import Any

import torch

WINDOW = 5
"""Steps whose median is compared: a single slow one means nothing."""
FAR = 4.0
"""An image shrunk to three quarters of its side makes a step faster by less than 2."""


class Stopwatch:
    """Marked before the first step and after each."""

    def __init__(self, device: torch.device) -> None:
        self.on_gpu = device.type == "cuda"
        self.marks: list[Any] = []
        self.best = float("inf")

    def mark(self) -> None:
        if self.on_gpu:  # the host runs ahead of the device, so its clock says nothing
            event = torch.cuda.Event(enable_timing=True)
            event.record()
            self.marks.append(event)
        else:
            self.marks.append(time.perf_counter())

    def total(self) -> float:
        """Seconds from the first mark to the last."""
        return sum(self._seconds(self.marks))

    def median(self) -> float:
        """Seconds of the median step. Waits for the device."""
        return median(self._seconds(self.marks))

    def slowdown(self) -> float:
        """How many times as long as the epoch's fastest the last steps took; 1 on a GPU."""
        if self.on_gpu or len(self.marks) <= WINDOW:
            return 1.0
        recent = median(self._seconds(self.marks[-WINDOW - 1 :]))
        self.best = min(self.best, recent)
        return recent / self.best

    def _seconds(self, marks: list[Any]) -> list[float]:
        pairs = pairwise(marks)
        if self.on_gpu:
            torch.cuda.synchronize()
            return [before.elapsed_time(after) / 1000 for before, after in pairs]
        return [after - before for before, after in pairs]
