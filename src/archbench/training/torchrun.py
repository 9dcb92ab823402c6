"""Starts a stage's processes by torchrun, which ends all of them when one ends badly."""

import logging
import os
import signal
import sys
from tempfile import TemporaryDirectory

import torch
from torch.distributed import run as torchrun
from torch.distributed.elastic.multiprocessing.api import SignalException
from torch.distributed.elastic.multiprocessing.errors import ChildFailedError, ProcessFailure

from archbench.base.errors import Refused


def is_process() -> bool:
    """Whether torchrun has started this process."""
    return "TORCHELASTIC_RUN_ID" in os.environ


def start(processes: int) -> None:
    """Run this program, with its arguments, in so many processes. Refused if one of them ends.

    On a CPU they share the threads that one would take.
    """
    refuse_few_gpus(processes)
    share = max(1, torch.get_num_threads() // processes)
    os.environ["OMP_NUM_THREADS"] = str(share)
    logging.disable()  # torchrun prints pages for each failure
    try:
        with TemporaryDirectory() as logs:
            options = ["--standalone", f"--nproc-per-node={processes}", f"--log-dir={logs}"]
            torchrun.run(torchrun.parse_args([*options, *sys.argv]))
    except ChildFailedError as failed:
        rank, failure = failed.get_first_failure()
        raise SystemExit(2) if failure.exitcode == 2 else Refused(ending(rank, failure)) from None
    except SignalException as stopped:
        raise SystemExit(128 + stopped.sigval) from None


def ending(rank: int, failure: ProcessFailure) -> str:
    """A line about the process that ended first."""
    code = failure.exitcode
    how = f"was ended by {signal.Signals(-code).name}" if code < 0 else f"ended with status {code}"
    return f"process {rank} of the run {how}, so all end; dvc repro goes on from the last epoch"


def refuse_few_gpus(processes: int) -> None:
    """On GPUs each process has its own."""
    gpus = torch.cuda.device_count()
    if 0 < gpus < processes:
        raise Refused(
            f"params.yaml: processes = {processes}: should be at most {gpus}, this machine's GPUs"
        )
