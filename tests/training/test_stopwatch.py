import pytest
import torch

from archbench.training import stopwatch
from archbench.training.stopwatch import Stopwatch

CPU = torch.device("cpu")


@pytest.fixture
def clock(monkeypatch):
    """Marks at the times that a test gives."""

    def marked(*steps: float) -> Stopwatch:
        times = iter([0.0, *(sum(steps[: n + 1]) for n in range(len(steps)))])
        monkeypatch.setattr(stopwatch.time, "perf_counter", lambda: next(times))
        watch = Stopwatch(CPU)
        watch.slowdowns = []
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
