"""What the terminal shows of cells that run: lines and an estimate, worked out by hand."""

import io

import pytest

from archbench.cluster.progress import Progress, Screen, clock


def heard(*events: tuple[str, str, float], waiting: int) -> Progress:
    progress = Progress(waiting)
    for cell, line, now in events:
        progress.hear(cell, line, now)
    return progress


def test_a_running_cell_shows_its_last_line_on_an_epoch():
    progress = heard(
        ("a-0", "starting", 0),
        ("a-0", "Running stage 'a-0':", 1),
        ("a-0", "epoch 1/4  loss 2", 2),
        ("a-0", "a remark", 3),
        ("b-0", "starting", 3),
        waiting=3,
    )
    assert progress.lines(4)[:2] == ["a-0  epoch 1/4  loss 2", "b-0  starting"]
    assert progress.lines(4)[2].startswith("0 done, 2 running, 1 waiting, about ")


def test_nothing_is_estimated_before_an_epoch_is_done():
    progress = heard(("a-0", "starting", 0), waiting=3)
    assert progress.seconds_left(50) is None
    assert progress.lines(50)[-1] == "0 done, 1 running, 2 waiting"


def test_the_estimate_is_of_what_runs_and_of_what_waits():
    """Of 4 epochs one took 10 s: 30 s are left of it, and 40 s for each of the two that wait."""
    progress = heard(("a-0", "starting", 0), ("a-0", "epoch 1/4", 10), waiting=3)
    assert progress.seconds_left(10) == pytest.approx(30 + 2 * 40)
    progress.hear("b-0", "starting", 10)  # as long as the other, and half of all at a time
    assert progress.seconds_left(10) == pytest.approx((30 + 40 + 40) / 2)


def test_the_moment_between_two_cells_changes_no_estimate():
    progress = heard(("a-0", "starting", 0), ("b-0", "starting", 0), waiting=6)
    progress.end("a-0", True, 10)
    assert progress.seconds_left(10) == pytest.approx((0 + 4 * 10) / 2)


def test_epochs_that_were_done_before_took_no_time_of_this_start():
    progress = heard(
        ("a-0", "starting", 0),
        ("a-0", "going on after epoch 6 of 10", 5),
        ("a-0", "epoch 7/10", 20),
        waiting=1,
    )
    assert progress.seconds_left(20) == pytest.approx(60)


def test_cells_that_have_ended_are_counted_and_their_times_are_known():
    progress = heard(("a-0", "starting", 0), ("b-0", "starting", 0), waiting=4)
    progress.end("a-0", True, 20)
    progress.end("b-0", False, 21)
    progress.end("c-0", False, 22)  # it never started: no node could take it
    progress.hear("a-0", "epoch 4/4", 30)  # a line that was on its way
    progress.hear("d-0", "starting", 30)
    assert progress.lines(34)[-1] == "1 done, 1 running, 0 waiting, 2 failed, about 16 s left"
    assert progress.failed == ["b-0", "c-0"]


@pytest.mark.parametrize(
    ("seconds", "words"), [(7.4, "7 s"), (100, "2 min"), (5940, "99 min"), (12_000, "3 h 20 min")]
)
def test_clock(seconds, words):
    assert clock(seconds) == words


def test_a_file_has_each_line_once():
    stream = io.StringIO()
    screen = Screen(stream)
    for lines in (
        ["a  epoch 1", "0 done, about 9 s left"],
        ["a  epoch 1", "0 done, about 8 s left"],
        ["a  epoch 2", "0 done, about 8 s left"],
        ["1 done"],
    ):
        screen.show(lines)
    assert stream.getvalue().splitlines() == [
        "a  epoch 1",
        "0 done, about 9 s left",
        "a  epoch 2",
        "1 done",
    ]


def test_a_terminal_is_drawn_over(monkeypatch):
    monkeypatch.setenv("COLUMNS", "9")
    stream = io.StringIO()
    monkeypatch.setattr(stream, "isatty", lambda: True)
    screen = Screen(stream)
    screen.show(["a  epoch 1", "0 done"])
    screen.show(["1 done"])
    assert stream.getvalue() == "a  epoch\n0 done\n\x1b[2F\x1b[J1 done\n"
