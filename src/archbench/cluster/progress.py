"""How far the cells are: a line for each that runs, and an estimate of the time left."""

import re
import shutil
from dataclasses import dataclass, field
from typing import TextIO

EPOCH = re.compile(r"epoch (\d+)/(\d+)")
ABOUT = ", about "
"""What stands before the estimate."""
GOES_ON = re.compile(r"going on after epoch (\d+) of (\d+)")


@dataclass(slots=True)
class Running:
    """A cell that has started. Times are seconds of one clock."""

    started: float
    line: str = ""
    first: int = 0
    """Epochs that it found done."""
    done: int = 0
    epochs: int = 0

    def hear(self, line: str) -> None:
        """Only lines on epochs are shown, and the first words."""
        if found := GOES_ON.search(line):
            self.first = self.done = int(found[1])
        elif found := EPOCH.search(line):
            self.done, self.epochs = int(found[1]), int(found[2])
        elif self.line:
            return
        self.line = line

    def whole(self, now: float) -> float | None:
        """Seconds that it takes from its start to its end; None before an epoch is done."""
        if self.done <= self.first:
            return None
        return (now - self.started) * (self.epochs - self.first) / (self.done - self.first)


@dataclass(slots=True)
class Progress:
    waiting: int
    running: dict[str, Running] = field(default_factory=dict)
    seconds: list[float] = field(default_factory=list)
    """Of each cell that has ended well."""
    failed: list[str] = field(default_factory=list)
    ended: set[str] = field(default_factory=set)
    most: int = 0
    """So many have run at a time: between two cells a worker has none for a moment."""

    def hear(self, cell: str, line: str, now: float) -> None:
        if cell in self.ended:
            return  # the line was on its way longer than the news of the end
        if cell not in self.running:
            self.waiting -= 1
            self.running[cell] = Running(now)
            self.most = max(self.most, len(self.running))
        self.running[cell].hear(line)

    def end(self, cell: str, well: bool, now: float) -> None:
        self.ended.add(cell)
        ran = self.running.pop(cell, None)
        if ran is None:  # it never started, or so soon before that no line has come
            self.waiting -= 1
        if not well:
            self.failed.append(cell)
        elif ran:
            self.seconds.append(now - ran.started)

    def seconds_left(self, now: float) -> float | None:
        """If those that wait take as long as the others; None before any time is known."""
        wholes = {cell: one.whole(now) for cell, one in self.running.items()}
        known = self.seconds + [whole for whole in wholes.values() if whole]
        at_a_time = min(self.most, len(self.running) + self.waiting)
        if not known or not at_a_time:
            return None
        mean = sum(known) / len(known)
        rest = sum(
            max(0.0, (wholes[cell] or mean) - (now - one.started))
            for cell, one in self.running.items()
        )
        return (rest + self.waiting * mean) / at_a_time

    def lines(self, now: float) -> list[str]:
        """One for each running cell, then one on all of them."""
        running = [f"{cell}  {one.line}" for cell, one in sorted(self.running.items())]
        parts = [
            f"{len(self.ended) - len(self.failed)} done",
            f"{len(self.running)} running",
            f"{self.waiting} waiting",
        ]
        parts += [f"{len(self.failed)} failed"] if self.failed else []
        left = self.seconds_left(now)
        about = f"{ABOUT}{clock(left)} left" if left is not None else ""
        return [*running, ", ".join(parts) + about]


def clock(seconds: float) -> str:
    """`7 s`, `12 min`, `3 h 20 min`"""
    minutes = round(seconds / 60)
    if seconds < 100:
        return f"{seconds:.0f} s"
    return f"{minutes} min" if minutes < 100 else f"{minutes // 60} h {minutes % 60} min"


class Screen:
    """Lines that are drawn over in a terminal; elsewhere each that is new is printed once."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream
        self.shown: list[str] = []

    def show(self, lines: list[str]) -> None:
        if self.stream.isatty():
            width = shutil.get_terminal_size().columns - 1  # a line that wraps is two to go up
            lines = [line[:width] for line in lines]
            up = f"\x1b[{len(self.shown)}F\x1b[J" if self.shown else ""
            self.stream.write(up + "".join(f"{line}\n" for line in lines))
        else:
            counts = {line.split(ABOUT)[0] for line in self.shown}
            new = (line for line in lines if line.split(ABOUT)[0] not in counts)
            self.stream.write("".join(f"{line}\n" for line in new))
        self.stream.flush()
        self.shown = lines
