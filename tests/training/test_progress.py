import io
import sys

from archbench.training import progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_bar_on_a_terminal(monkeypatch):
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    assert list(progress.bar(range(3), "epoch 1", total=3)) == [0, 1, 2]
    assert "epoch 1" in terminal.getvalue()


def test_plain_lines_elsewhere(capsys):
    assert list(progress.bar(range(3), "epoch 1", total=3)) == [0, 1, 2]
    progress.say("epoch 1/3")
    printed = capsys.readouterr()
    assert printed.err == ""
    assert printed.out == "epoch 1/3\n"
