"""`archbench export`: a network's folder wherever its user wants it, of any seed."""

from pathlib import Path

from archbench.base import files, params
from archbench.base.errors import Refused
from archbench.export import folder, inputs
from archbench.export.card import card
from archbench.export.config import Export
from archbench.export.inputs import Inputs
from archbench.export.paths import CARD
from archbench.style.quantities import percent
from archbench.style.revision import revision


def main(model: str, seed: int | None, to: Path) -> None:
    """Refused if the folder `to` has something in it already."""
    wanted = params.read(Export)
    if to.exists() and (not to.is_dir() or any(to.iterdir())):
        raise Refused(f"--to {to}: should be an empty folder or none yet")
    found = inputs.read(model, wanted.seeds[0] if seed is None else seed)
    print(export(found, to, wanted.margin))


def export(found: Inputs, to: Path, margin: float) -> str:
    """Write the folder, with its card last; a line that says what was checked."""
    with folder.whole(to) as made:
        checks = folder.write(made, found, margin)
        listing = {
            path.name: (path.stat().st_size, files.sha256(path)) for path in sorted(made.iterdir())
        }
        files.write_text(made / CARD, card(found, checks, listing, revision()))
    return (
        f"{found.run.architecture}: {to}/ predicts {checks.parity.equal_classes:,} of "
        f"{checks.parity.images:,} test images as torch does; {percent(checks.accuracy)} right, "
        f"{percent(checks.int8_accuracy)} in 8-bit integers"
    )
