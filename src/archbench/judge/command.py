"""Which of these models is better: `archbench judge`."""

from collections.abc import Sequence
from pathlib import Path

from archbench.base import files
from archbench.base.errors import Refused
from archbench.base.params import shown
from archbench.judge import findings, page, reading, runs, sources
from archbench.judge import labels as known
from archbench.judge.findings import Findings


def main(models: Sequence[str], labels: str | None, to: Path, margin: float) -> None:
    """Print the answer, and write the pages, the tables and the figure into `to`."""
    found = judge(models, labels, margin)
    write(found, to)
    print(page.text(found))
    print(f"\nThe intervals and the pairs are in {to / 'judge.html'}")


def judge(models: Sequence[str], labels: str | None, margin: float) -> Findings:
    """`margin` is in points. Refused where files do not fit each other or the labels."""
    if not 0 < margin < 100:
        raise Refused(f"--margin {shown(margin)}: should be points, above 0 and below 100")
    asked = sources.find(models)
    truth = known.find(labels, [path for paths in asked.values() for path in paths])
    judged = {
        name: runs.judge((sheet for path in paths for sheet in reading.read(path)), truth)
        for name, paths in asked.items()
    }
    return findings.find(judged, margin / 100)


def write(found: Findings, folder: Path) -> None:
    for name, table in findings.files(found).items():
        files.write_table(folder / f"{name}.csv", table)
    files.write_text(folder / "accuracies.svg", page.drawing(found))
    files.write_text(folder / "judge.md", page.markdown(found))
    files.write_text(folder / "judge.html", page.html(found))
