"""What a change did to each architecture, and whether it is more than luck.

    python -m archbench.comparison.revisions [BEFORE [AFTER]]

Each is whatever git or `dvc exp` has a name for; without them, HEAD and the workspace. Prints a
Markdown list for a pull request, from the `metrics/details/hits.csv` of both.
"""

import argparse
from collections.abc import Mapping

import pandas as pd
from dvc.api import DVCFileSystem

from archbench.base import errors, params
from archbench.base.errors import Refused
from archbench.comparison import hits, pairwise
from archbench.comparison.config import Equivalence
from archbench.comparison.hits import HITS

WORKSPACE = "workspace"


def main(before: str, after: str) -> None:
    margin = params.read(Equivalence).margin
    both = read(before), read(after)
    if set(both[0]["test_set"]) != set(both[1]["test_set"]):
        raise Refused(f"{before} and {after} were evaluated on different test images")
    old, new = (hits.unpack(table) for table in both)
    print(f"Test accuracy, {after} against {before}:\n")
    print("\n".join(f"- {line}" for line in lines(old, new, margin)))


def read(revision: str) -> pd.DataFrame:
    """The revision's hits.csv; Refused if there is no such revision, file or column."""
    try:
        tree = DVCFileSystem(rev=None if revision == WORKSPACE else revision)
        with tree.open(HITS, "rb") as file:
            table = pd.read_csv(file)
    except FileNotFoundError:
        raise Refused(f"{revision}: has no {HITS}: run `dvc repro` there and commit it") from None
    except Exception as error:  # DVC's own: an unknown revision, no repository
        raise Refused(f"{revision}: {' '.join(str(error).split())}") from None
    if "test_set" not in table:
        raise Refused(
            f"{revision}: {HITS} has no column test_set, so its test images are unknown: run "
            "`dvc repro` there with this archbench, and commit it"
        )
    return table


def lines(old: Mapping[str, hits.Hits], new: Mapping[str, hits.Hits], margin: float) -> list[str]:
    """One per architecture; the intervals of all that both have hold together."""
    both = [name for name in new if name in old]
    changes = {name: pairwise.compare(new[name], old[name], margin, len(both)) for name in both}
    of_both = [f"{name}: {pairwise.sentence(change)}" for name, change in changes.items()]
    added = [f"{name}: new" for name in new if name not in old]
    return of_both + added + [f"{name}: gone" for name in old if name not in new]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("before", nargs="?", default="HEAD")
    parser.add_argument("after", nargs="?", default=WORKSPACE)
    errors.run(main, *vars(parser.parse_args()).values())
