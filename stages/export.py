"""Stage export: one architecture's converted network → the folder to take along."""

import start

import sys

from archbench.base import errors, files, params, paths
from archbench.base.params import Seeds
from archbench.base.records import DatasetRecord, RunRecord
from archbench.export import paths as exports
from archbench.export.folder import whole


def main(architecture: str) -> None:
    seed = params.read(Seeds).seeds[0]
    from archbench.export import package  # the Hub's client: after the parameters
    from archbench.export.facts import Facts

    duplicates = files.read_table(paths.detail("duplicates")).set_index("architecture")
    measured = files.read_table(exports.INFERENCE)
    facts = Facts(
        dataset=DatasetRecord.read(paths.DATASET),
        run=RunRecord.read(paths.run(architecture, seed)),
        numbers=files.read_json(paths.numbers(architecture)),
        pairs=files.read_table(paths.PAIRWISE),
        duplicates=duplicates.loc[architecture].to_dict(),
        forms=measured[measured["architecture"] == architecture],
    )
    with whole(exports.exported(architecture)) as folder:
        print(package.fill(folder, exports.converted(architecture), facts))
    files.write_json(exports.metrics(architecture), package.headlines(facts))


if __name__ == "__main__":
    errors.run(main, *sys.argv[1:])
