"""Stage export: one architecture's network → files that others can load, checked, with a card."""

import start

import sys

from archbench.base import errors, params
from archbench.export import paths
from archbench.export.config import Export


def main(architecture: str) -> None:
    wanted = params.read(Export)
    from archbench.export import command, inputs  # torch: after the parameters

    found = inputs.read(architecture, wanted.seeds[0])
    print(command.export(found, paths.folder(architecture), wanted.margin))


if __name__ == "__main__":
    errors.run(main, *sys.argv[1:])
