"""Thirty published models, where their predictions are at hand: benchmarks/replicate.py says whose.

They are no part of the repository. Without them, these tests are skipped; what is computed here is
held by the small cases beside this file too.
"""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.multitest import multipletests

from archbench.judge import command, findings, labels, reading, runs

ROOT = Path(__file__).parents[2]
MATERIAL = ROOT.parent / "shared/material/cifar-10.1"
LABELS = MATERIAL / "datasets/cifar10.1_v6_labels.npy"


@pytest.fixture(scope="module")
def models() -> dict[str, Path]:
    if not MATERIAL.is_dir():
        pytest.skip(f"needs modestyachts/CIFAR-10.1 in {MATERIAL}")
    files = sorted((MATERIAL / "model_predictions/v6_predictions").glob("*.json"))
    return {path.stem: path for path in files}


@pytest.fixture(scope="module")
def judged(models) -> findings.Findings:
    return command.judge(list(map(str, models.values())), str(LABELS), 0.5)


MEASURED = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(used.ru_utime + used.ru_stime, used.ru_maxrss)
"""
"""A process between, for a child's peak memory is at least that of the process that starts it."""


def test_435_pairs_of_10000_images_take_no_minute_and_no_gigabyte(models, tmp_path):
    """The whole command, in a process of its own; one model's answers stand in for labels."""
    files = sorted(map(str, (MATERIAL / "model_predictions/original_predictions").glob("*.json")))
    judge = [sys.executable, "-m", "archbench.cli", "judge", *files, "--labels", files[0]]
    command = [sys.executable, "-c", MEASURED, *judge, "--to", str(tmp_path)]
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    seconds, kilobytes = map(float, printed.split())
    assert len((tmp_path / "pairs.csv").read_text().splitlines()) == 1 + 435
    assert seconds < 60
    assert kilobytes < 1e6


def test_p_and_adjusted_p_are_statsmodels(judged, models):
    truth = labels.find(str(LABELS), [])
    hits = {name: runs.judge(reading.read(path), truth).hits[:, 0] for name, path in models.items()}
    expected = []
    for _, row in judged.pairs.iterrows():
        one, other = hits[row["first"]], hits[row["second"]]
        table = [[(a & b).sum() for b in (other, ~other)] for a in (one, ~one)]
        expected.append(mcnemar(np.array(table), exact=True).pvalue)
    p, holm = (judged.tests[name].to_numpy(float) for name in ("mcnemar_p", "mcnemar_holm_p"))
    assert p == pytest.approx(expected, rel=1e-9, abs=1e-300)
    assert holm == pytest.approx(multipletests(expected, method="holm")[1], rel=1e-9, abs=1e-300)


def test_accuracies_are_those_that_the_paper_counts_right(judged, models):
    """Of its own labels and lists, without any of our reading."""
    truth = np.load(LABELS)
    for name, path in models.items():
        right = np.array(json.loads(path.read_text()), int) == truth
        assert judged.numbers.loc[name, "accuracy"] == right.mean()
