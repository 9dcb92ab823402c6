"""Threads by the idle cores; what the operating system says is given, so that a test can say it."""

import os

import psutil
import pytest
import torch

from archbench.training import threads


@pytest.fixture
def cores(monkeypatch):
    """Torch would take four threads, and the cores are busy so many percent."""
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    monkeypatch.setattr(threads, "MOST", 4)
    taken = [4]
    monkeypatch.setattr(torch, "set_num_threads", lambda count: taken.append(count))
    monkeypatch.setattr(torch, "get_num_threads", lambda: taken[-1])

    def busy(*percent: float, ours: range | None = None) -> None:
        allowed = set(ours or range(len(percent)))
        watched = {(threads.SAMPLE, True): list(percent)}
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
    assert threads.take_free() == count


def test_cores_that_the_process_may_not_use_do_not_count(cores):
    cores(100, 100, 0, 0, ours=range(2, 4))
    assert threads.take_free() == 2
    cores(0, 0, 100, 0, ours=range(2, 4))
    assert threads.take_free() == 1


def test_without_affinity_every_core_counts(cores, monkeypatch):
    cores(0, 0, 100, 0, ours=range(2, 4))
    monkeypatch.delattr(os, "sched_getaffinity")
    assert threads.take_free() == 3


def test_threads_come_back_when_the_others_have_gone(cores):
    cores(100, 100, 100, 0)
    threads.take_free()
    cores(0, 0, 0, 0)
    assert threads.take_free() == 4


def test_the_user_s_own_count_stays(cores, monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "4")
    cores(100, 100, 100, 100)
    assert threads.take_free() == 4
