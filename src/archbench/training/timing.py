"""How fast the steps of an epoch go: the CPU's threads that they take, and their times.

At each of a step's thousands of barriers every thread waits for the one that is not scheduled. On
two cores, beside one busy process, two threads are many times slower than one. So a run takes the
cores that nothing else uses.
"""

import os
import time
from itertools import pairwise
from statistics import median

import psutil
import torch

MAX_THREADS = torch.get_num_threads()
"""torch's own choice: a thread for each physical core, or OMP_NUM_THREADS."""
SAMPLE_SECONDS = 0.2
"""For so long the load of the cores is measured."""
IDLE_FRACTION = 0.75
"""A core that is idle for less of its time than this is left to other processes."""
WINDOW = 5
"""Steps whose median time is compared: one slow step means nothing."""
SLOW_FACTOR = 4.0
"""An image shrunk to three quarters of its side makes a step faster by less than 2."""


def set_threads() -> int:
    """Set torch's threads to the number of idle cores, at least one, and return it.

    The number decides a result's last bits. OMP_NUM_THREADS is the user's choice, and stays.
    """
    if "OMP_NUM_THREADS" not in os.environ and MAX_THREADS > 1:
        idle = int(idle_cores() + 1 - IDLE_FRACTION)
        torch.set_num_threads(min(MAX_THREADS, max(1, idle)))
    return torch.get_num_threads()


def idle_cores() -> float:
    """The sum of the idle fractions of the cores that this process may use."""
    busy = psutil.cpu_percent(SAMPLE_SECONDS, percpu=True)
    cores = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else range(len(busy))
    return sum(1 - busy[core] / 100 for core in cores)


class Stopwatch:
    """The times of an epoch's steps, on the device's own clock.

    `mark` is called before the first step and after each.
    """

    def __init__(self, device: torch.device) -> None:
        self.on_gpu = device.type == "cuda"
        self.events: list[torch.cuda.Event] = []
        self.times: list[float] = []
        self.fastest = float("inf")

    def mark(self) -> None:
        """Does not wait for the device."""
        if self.on_gpu:  # the host runs ahead of the device, so its clock says nothing
            event = torch.cuda.Event(enable_timing=True)
            event.record()
            self.events.append(event)
        else:
            self.times.append(time.perf_counter())

    def total(self) -> float:
        """Seconds from the first mark to the last. Waits for the device."""
        return sum(self._seconds())

    def median(self) -> float:
        """Seconds of the median step. Waits for the device."""
        return median(self._seconds())

    def slowdown(self) -> float:
        """Time of the last `WINDOW` steps over that of the epoch's fastest; on a GPU always 1."""
        if self.on_gpu or len(self.times) <= WINDOW:
            return 1.0
        recent = median(_differences(self.times[-WINDOW - 1 :]))
        self.fastest = min(self.fastest, recent)
        return recent / self.fastest

    def _seconds(self) -> list[float]:
        if self.on_gpu:
            torch.cuda.synchronize()
            return [start.elapsed_time(end) / 1000 for start, end in pairwise(self.events)]
        return _differences(self.times)


def _differences(times: list[float]) -> list[float]:
    return [end - start for start, end in pairwise(times)]
