"""Bad input ends a stage with one clear line and exit status 2, never with a traceback."""

import errno
import sys
from collections.abc import Callable

DISK_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class Refused(Exception):
    """Names the key or file, the value, and what is allowed."""


def run(stage: Callable[..., None], *arguments: object) -> None:
    """Run a stage's `main`; a refusal becomes its one line on stderr."""
    try:
        stage(*arguments)
    except Refused as refusal:
        print(refusal, file=sys.stderr)
        raise SystemExit(2) from None
    except OSError as error:
        if error.errno not in DISK_FULL:
            raise
        print(error, file=sys.stderr)
        raise SystemExit(2) from None
