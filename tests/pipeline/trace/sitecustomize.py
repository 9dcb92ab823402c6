"""Put on PYTHONPATH, this notes what each stage imports, reads and asks of params.yaml.

It acts only in a process that runs a stage's script, and writes one JSON file per stage to the
folder named by STAGE_TRACE.
"""

import atexit
import json
import os
import sys
from pathlib import Path


def _trace(folder: Path) -> None:
    sys.path.insert(0, "stages")
    import start  # noqa: F401 - the code beside the stage, which has not begun yet

    from archbench.base import params

    root = Path.cwd()
    reads: set[str] = set()
    keys: set[str] = set()

    def note_open(event: str, arguments: tuple) -> None:
        if event == "open" and isinstance(arguments[0], str | os.PathLike):
            path, mode = Path(arguments[0]), arguments[1]
            if mode is None or not set(str(mode)) & set("wax+"):
                reads.add(str(path if not path.is_absolute() else os.path.relpath(path, root)))

    def read(section, *only):
        narrowed = {dotted.split(".")[0] for dotted in only}
        keys.update(only, section.model_fields.keys() - narrowed)
        return honest_read(section, *only)

    def write() -> None:
        files = [getattr(module, "__file__", None) for module in list(sys.modules.values())]
        found = {
            "modules": [os.path.relpath(path, root) for path in files if path],
            "reads": sorted(reads),
            "params": sorted(keys),
        }
        (folder / f"{os.environ['DVC_STAGE']}.json").write_text(json.dumps(found))

    honest_read, params.read = params.read, read
    sys.addaudithook(note_open)
    atexit.register(write)


if "STAGE_TRACE" in os.environ and any("stages/" in word for word in sys.orig_argv):
    _trace(Path(os.environ["STAGE_TRACE"]))
