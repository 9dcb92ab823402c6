"""How many of the CPU's cores a run takes: those that nothing else uses.

At each of a step's thousands of barriers every thread waits for the one that is not scheduled. On
two cores, beside one busy process, two threads are many times slower than one.
"""

import os

import psutil
import torch

MOST = torch.get_num_threads()
"""torch's own choice: a thread for each physical core, or OMP_NUM_THREADS."""
SAMPLE = 0.2
"""Seconds for which the other work is watched."""
FREE = 0.75
"""Of a core's time: one that is idle less than this is left to the others."""


def take_free() -> int:
    """Set torch's threads and return their count, which decides a result's last bits.

    OMP_NUM_THREADS, where set, is the user's choice and stays.
    """
    if "OMP_NUM_THREADS" not in os.environ and MOST > 1:
        torch.set_num_threads(min(MOST, max(1, int(idle_cores() + 1 - FREE))))
    return torch.get_num_threads()


def idle_cores() -> float:
    """Of the cores that this process may use, by their idle time."""
    busy = psutil.cpu_percent(SAMPLE, percpu=True)
    ours = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else range(len(busy))
    return sum(1 - busy[core] / 100 for core in ours)
