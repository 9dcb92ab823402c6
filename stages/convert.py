"""Stage convert: one architecture's network → ONNX, torch and timm, checked on the test images."""

import start

import sys

from archbench.base import errors, params
from archbench.base.params import Seeds


def main(architecture: str) -> None:
    seed = params.read(Seeds).seeds[0]
    from archbench.export import conversion, paths, trained  # torch: after the parameters
    from archbench.export.folder import whole

    with whole(paths.converted(architecture)) as folder:
        found = conversion.convert(trained.read(architecture, seed), folder)
    print(f"{architecture}: {found}")


if __name__ == "__main__":
    errors.run(main, *sys.argv[1:])
