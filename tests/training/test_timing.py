"""Threads by the idle cores, and the times of steps. Each test gives the load or the clock."""

import os
import time

import psutil
import pytest
import torch

from archbench.training import timing
from archbench.training.timing import Stopwatch

CPU = torch.device("cpu")


class Watch(Stopwatch):
    """Keeps what it says after each step."""

    def __init__(self) -> None:
        super().__init__(CPU)
        self.slowdowns: list[float] = []


@pytest.fixture
def clock(monkeypatch):
    """Marks at the times that a test gives."""

    def marked(*steps: float) -> Watch:
        times = iter([0.0, *(sum(steps[: n + 1]) for n in range(len(steps)))])
        monkeypatch.setattr(time, "perf_counter", lambda: next(times))
        watch = Watch()
        watch.mark()
        for _ in steps:
            watch.mark()
            watch.slowdowns.append(watch.slowdown())
        return watch

    return marked


def test_the_median_step_is_not_moved_by_a_few_slow_ones(clock):
    watch = clock(1, 1, 90, 1, 3, 80, 1)
    assert watch.median() == pytest.approx(1)
    assert watch.total() == pytest.approx(177)


def test_steps_far_below_the_fastest_are_seen_and_one_slow_step_is_not(clock):
    assert max(clock(*[1.0] * 8, 60, *[1.0] * 8).slowdowns) == pytest.approx(1)
    slow = clock(*[1.0] * 8, *[12.0] * 5).slowdowns
    assert slow[7] == pytest.approx(1)
    assert slow[-1] == pytest.approx(12)


def test_a_slow_first_step_is_no_measure(clock):
    assert max(clock(50.0, *[1.0] * 10).slowdowns) == pytest.approx(1)


@pytest.fixture
def cores(monkeypatch):
    """Torch would take four threads, and the cores are busy so many percent."""
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    monkeypatch.setattr(timing, "MAX_THREADS", 4)
    taken = [4]
    monkeypatch.setattr(torch, "set_num_threads", lambda count: taken.append(count))
    monkeypatch.setattr(torch, "get_num_threads", lambda: taken[-1])

    def busy(*percent: float, ours: range | None = None) -> None:
        allowed = set(ours or range(len(percent)))
        watched = {(timing.SAMPLE_SECONDS, True): list(percent)}
        monkeypatch.setattr(
            psutil, "cpu_percent", lambda interval, percpu: watched[interval, percpu]
        )
        monkeypatch.setattr(os, "sched_getaffinity", {0: allowed}.__getitem__, raising=False)

    return busy


@pytest.mark.parametrize(
    ("percent", "count"),
    [
        ((0, 0, 0, 0), 4),
        ((5, 10, 0, 5), 4),
        ((100, 0, 0, 0), 3),
        ((100, 100, 100, 0), 1),
        ((100, 100, 100, 100), 1),
        ((50, 0, 0, 0), 3),
        ((0,) * 8, 4),
    ],
)
def test_a_core_that_others_use_is_left_to_them(cores, percent, count):
    cores(*percent)
    assert timing.set_threads() == count


def test_cores_that_the_process_may_not_use_do_not_count(cores):
    cores(100, 100, 0, 0, ours=range(2, 4))
    assert timing.set_threads() == 2
    cores(0, 0, 100, 0, ours=range(2, 4))
    assert timing.set_threads() == 1


def test_without_affinity_every_core_counts(cores, monkeypatch):
    cores(0, 0, 100, 0, ours=range(2, 4))
    monkeypatch.delattr(os, "sched_getaffinity")
    assert timing.set_threads() == 3


def test_threads_come_back_when_the_others_have_gone(cores):
    cores(100, 100, 100, 0)
    timing.set_threads()
    cores(0, 0, 0, 0)
    assert timing.set_threads() == 4


def test_the_user_s_own_count_stays(cores, monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "4")
    cores(100, 100, 100, 100)
    assert timing.set_threads() == 4
