"""Bad input ends a stage with one clear line and exit status 2, never with a traceback."""

import sys
from collections.abc import Callable


class Refused(Exception):
    """Names the key or file, the value, and what is allowed."""


def run(stage: Callable[..., None], *arguments: str) -> None:
    """Run a stage's `main`; a refusal becomes its one line on stderr."""
    try:
        stage(*arguments)
    except Refused as refusal:
        print(refusal, file=sys.stderr)
        raise SystemExit(2) from None
