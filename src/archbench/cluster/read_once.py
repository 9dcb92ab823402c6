"""Have DVC keep what it has read of params.yaml.

It reads the file, and walks through all of it, several times for each stage that it looks at.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from dvc.dependency import param


@contextmanager
def params_read_once() -> Iterator[None]:
    """For a block during which nothing changes params.yaml."""
    read = param.read_param_file
    found: dict[tuple[str, tuple[str, ...]], dict[str, Any]] = {}

    def remembered(fs: Any, path: str, keys: list[str] | None, flatten: bool) -> dict[str, Any]:
        assert flatten, "as a stage's dependency asks"
        asked = path, tuple(keys or ())
        if asked not in found:
            found[asked] = read(fs, path, keys, flatten=True)
        return dict(found[asked])

    param.read_param_file = remembered
    try:
        yield
    finally:
        param.read_param_file = read
