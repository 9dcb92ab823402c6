"""What a change did to each architecture, and whether it is more than luck.

    python -m archbench.comparison.revisions [BEFORE [AFTER]]

Each is whatever git or `dvc exp` has a name for; without them, HEAD and the workspace. Prints a
Markdown list for a pull request, from the `metrics/details/hits.csv` of both.
"""

import argparse
from collections.abc import Mapping

import numpy as np
import pandas as pd
from dvc.api import DVCFileSystem

from archbench import errors
from archbench.comparison import hits, pairwise
from archbench.errors import Refused

HITS = "metrics/details/hits.csv"
WORKSPACE = "workspace"


def main(before: str, after: str) -> None:
    both = read(before), read(after)
    if set(both[0]["labels"]) != set(both[1]["labels"]):
        raise Refused(f"{before} and {after} were judged on different test images")
    old, new = (hits.unpack(table) for table in both)
    print(f"Test accuracy, {after} against {before}:\n")
    print("\n".join(f"- {line}" for line in lines(old, new)))


def read(revision: str) -> pd.DataFrame:
    try:
        where = DVCFileSystem(rev=None if revision == WORKSPACE else revision)
        with where.open(HITS, "rb") as file:
            return pd.read_csv(file)
    except FileNotFoundError:
        raise Refused(f"{revision}: has no {HITS}: run `dvc repro` there and commit it") from None
    except Exception as error:  # DVC's own: an unknown revision, no repository
        raise Refused(f"{revision}: {' '.join(str(error).split())}") from None


def lines(old: Mapping[str, hits.Hits], new: Mapping[str, hits.Hits]) -> list[str]:
    """One per architecture; p is corrected for the number of those that both have."""
    found = {name: pairwise.compare(new[name], old[name]) for name in new if name in old}
    adjusted = pairwise.holm(np.array([one.p for one in found.values()]))
    said = [_line(name, one, p) for (name, one), p in zip(found.items(), adjusted, strict=True)]
    said += [f"{name}: new" for name in new if name not in old]
    return said + [f"{name}: gone" for name in old if name not in new]


def _line(name: str, found: pairwise.Difference, p: float) -> str:
    points, low, high = (100 * end for end in (found.difference, found.low, found.high))
    better = "better" if points > 0 else "worse"
    verdict = better if p < pairwise.LEVEL else "no detectable difference"
    seeds = "one seed" if found.seeds == 1 else f"{found.seeds} seeds"
    luck = "p < 0.001" if p < 0.001 else f"p = {p:.3f}"
    return f"{name}: {points:+.2f} points [{low:+.2f}, {high:+.2f}], {verdict} ({luck}, {seeds})"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("before", nargs="?", default="HEAD")
    parser.add_argument("after", nargs="?", default=WORKSPACE)
    errors.run(main, *vars(parser.parse_args()).values())
