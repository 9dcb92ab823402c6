"""What every stage imports first, while nothing else is loaded yet.

The stage runs the code that lies beside it, whatever is installed. It does not outlive the `dvc`
that started it: the next one would write beside it. Ctrl-C ends it without a traceback.
"""

import ctypes
import os
import signal
import sys
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_PARENT_SETS = {"DVC_STAGE", "TORCHELASTIC_RUN_ID"}


def use_the_code_beside() -> None:
    """A queued experiment, `--temp` or a second clone has its own copy of the package."""
    sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))


def die_with_dvc() -> None:
    """Ask Linux for SIGKILL when the parent ends, however it ends. Elsewhere nothing is done.

    DVC sets DVC_STAGE, and torchrun TORCHELASTIC_RUN_ID: a script that was started by hand, under
    nohup perhaps, has no such parent.
    """
    if not _PARENT_SETS & os.environ.keys() or not sys.platform.startswith("linux"):
        return
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if not _is_dvc(os.getppid()):  # it ended before we asked
        raise SystemExit(f"{Path(sys.argv[0]).name}: the dvc that started this stage has ended")


def _is_dvc(process: int) -> bool:
    """Orphans go to init or to a subreaper, and neither is a Python program as `dvc` is."""
    try:
        program = Path(f"/proc/{process}/exe").readlink().name
    except OSError:  # it is gone, or somebody else's
        return False
    return program.startswith(("python", "dvc"))


def end_quietly(number: int, frame: object) -> None:
    if os.environ.get("RANK", "0") == "0":  # of a run's processes one speaks
        os.write(2, b"interrupted\n")
    raise SystemExit(128 + number)


use_the_code_beside()
die_with_dvc()
signal.signal(signal.SIGINT, end_quietly)
