"""Stage check: params.yaml holds, so what follows may begin."""

import start

from pathlib import Path

from archbench import errors, files, params
from archbench.check import check


def main() -> None:
    check(params.load())
    files.write_text(Path("data/checked"), "params.yaml holds\n")


if __name__ == "__main__":
    errors.run(main)
