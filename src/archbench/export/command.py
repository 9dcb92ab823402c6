"""`archbench export`: the folder of any trained network, wherever its user wants it."""

from pathlib import Path
from tempfile import TemporaryDirectory

from archbench.base import files, params, paths
from archbench.base.errors import Refused
from archbench.base.params import Seeds
from archbench.comparison.config import Equivalence
from archbench.export import conversion, inference, package, trained
from archbench.export.facts import Facts
from archbench.export.folder import whole
from archbench.export.paths import PREDICTIONS


def main(model: str, seed: int | None, to: Path) -> None:
    """What stages convert, inference and export do. Refused if there is something at `to`."""
    margin, first = params.read(Equivalence).margin, params.read(Seeds).seeds[0]
    if to.exists() and (not to.is_dir() or any(to.iterdir())):
        raise Refused(f"--to {to}: should be an empty folder, or none yet")
    network = trained.read(model, first if seed is None else seed)
    duplicates = files.read_table(paths.detail("duplicates")).set_index("architecture")
    with TemporaryDirectory() as temporary, whole(to) as folder:
        converted = Path(temporary)
        print(conversion.convert(network, converted))
        facts = Facts(
            dataset=network.dataset,
            run=network.run,
            numbers=files.read_json(paths.numbers(model)),
            pairs=files.read_table(paths.PAIRWISE),
            duplicates=duplicates.loc[model].to_dict(),
            forms=inference.table(
                {model: converted},
                {model: files.read_table(converted / PREDICTIONS)},
                files.read_array(paths.TEST_IMAGES),
                margin,
            ),
        )
        print(package.fill(folder, converted, facts))
