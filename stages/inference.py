"""Stage inference: every converted network → how fast, large and accurate it is on this machine."""

import start

from archbench.base import errors, files, params, paths
from archbench.export import paths as exports
from archbench.export.config import Inference


def main() -> None:
    wanted = params.read(Inference)
    from archbench.export import inference  # pandas and SciPy: after the parameters

    folders = {name: exports.converted(name) for name in wanted.exports}
    predictions = {
        name: files.read_table(folder / exports.PREDICTIONS) for name, folder in folders.items()
    }
    images = files.read_array(paths.TEST_IMAGES)
    table = inference.table(folders, predictions, images, wanted.margin)
    files.write_table(exports.INFERENCE, table)
    print(inference.answer(table))


if __name__ == "__main__":
    errors.run(main)
