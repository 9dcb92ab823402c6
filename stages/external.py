"""Stage external: predictions made elsewhere → tables and numbers like those of stage evaluate.

All files are read and held to the test images before anything is written.
"""

import start

from archbench.base import errors, files, params, paths
from archbench.base.records import DatasetRecord
from archbench.evaluation import scores
from archbench.external import compared, results
from archbench.external.config import External
from archbench.judge import labels


def main() -> None:
    asked = params.read(External)
    truth = labels.of_dataset(DatasetRecord.read(paths.DATASET))
    found = {name: results.find(runs, truth) for name, runs in asked.models.items()}
    for name, of in found.items():
        for kind, table in of.tables.items():
            files.write_table(compared.table(name, kind), table)
        files.write_json(compared.numbers(name), of.numbers)
        print(f"{name}: {scores.result(of.numbers)}")
    files.write_json(compared.NAMES, list(found))


if __name__ == "__main__":
    errors.run(main)
