"""How fast `archbench predict` is, files and all, against the network alone.

    python benchmarks/predicting.py [ARCHITECTURE ...]

In a reproduced copy of the project. The test images, as PNG files, and the array of them take
turns; the medians are reported.
"""

import argparse
import contextlib
import io
import tempfile
from pathlib import Path
from typing import Any

import measure
import numpy as np
from PIL import Image

from archbench.base import files, paths
from archbench.predicting import command, network

IMAGES, ROUNDS = 2500, 3


def compare(architecture: str) -> dict[str, Any]:
    networks = network.load(architecture, [0])
    images = np.array(files.read_array(paths.TEST_IMAGES)[:IMAGES])

    def evaluate() -> int:
        network.predict(networks, images)
        return IMAGES

    with tempfile.TemporaryDirectory() as folder:
        names = [Path(folder) / f"{number:05}.png" for number in range(IMAGES)]
        for name, image in zip(names, images, strict=True):
            Image.fromarray(image).save(name)

        def predict() -> int:
            with contextlib.redirect_stdout(io.StringIO()):
                assert not command.answer_all(networks, names, 0.5, "csv")
            return IMAGES

        rates = measure.interleave({"evaluate": evaluate, "predict": predict}, ROUNDS)
    return {"what": architecture} | rates | {"share": rates["predict"] / rates["evaluate"]}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("architectures", nargs="*", default=["speednet", "se_resnet", "resnet18"])
    rows = [compare(name) for name in parser.parse_args().architectures]
    measure.report("predicting", measure.machine(), rows)
