"""The energy of an epoch's steps, estimated from the machine's own counters.

On Linux a processor's packages have counters (RAPL, docs.kernel.org/power/powercap), which often
only root may read. An NVIDIA GPU has one, which NVML reads if package nvidia-ml-py is installed.
They count what other processes use, too. Most virtual machines have neither.
"""

import importlib
import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch

POWERCAP = Path("/sys/class/powercap")
READ_SECONDS = 1.0
"""Counters are read at most so often within an epoch. A package's is full after minutes."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Counter:
    """A cumulative counter. It begins again at zero when it has counted `limit` joules."""

    read: Callable[[], float]
    """Joules since an unknown time; NaN if the counter cannot be read."""
    limit: float = math.inf


class Meter:
    """Counts from where it is made, which is an epoch's first step."""

    def __init__(self, device: torch.device, gpus: int = 1) -> None:
        self.counters = find_counters(device, gpus)
        self.joules = 0.0 if self.counters else math.nan
        self.last = [counter.read() for counter in self.counters]
        self.read_at = time.monotonic()

    def mark(self) -> None:
        """Read the counters if that is due, so that none wraps twice between two readings."""
        if time.monotonic() >= self.read_at + READ_SECONDS:
            self._read()

    def row(self) -> dict[str, float]:
        """`joules` so far, if they could be counted. Does not wait for the device."""
        self._read()
        return {} if math.isnan(self.joules) else {"joules": self.joules}

    def _read(self) -> None:
        now = [counter.read() for counter in self.counters]
        for counter, before, after in zip(self.counters, self.last, now, strict=True):
            self.joules += after - before + (counter.limit if after < before else 0.0)
        self.last, self.read_at = now, time.monotonic()


def find_counters(device: torch.device, gpus: int) -> list[Counter]:
    """Those of the processor and of the GPUs in use, the first ones. None if a GPU has none.

    The processor's alone would say little of a run on a GPU.
    """
    if device.type != "cuda":
        return package_counters(POWERCAP)
    found = [gpu_counter(torch.device("cuda", number)) for number in range(gpus)]
    counters = [counter for counter in found if counter]
    return [*counters, *package_counters(POWERCAP)] if len(counters) == gpus else []


def package_counters(powercap: Path) -> list[Counter]:
    """A counter for each processor package. None if one cannot be read: a part would mislead.

    Zones within a package are left out, and psys, the whole machine, which contains the packages.
    """
    zones = [zone for zone in sorted(powercap.glob("intel-rapl:*")) if zone.name.count(":") == 1]
    found = [_package_counter(zone) for zone in zones if _text(zone / "name") != "psys"]
    return found if not any(math.isnan(counter.read()) for counter in found) else []


def _package_counter(zone: Path) -> Counter:
    limit = _joules(zone / "max_energy_range_uj")

    def read() -> float:
        joules = _joules(zone / "energy_uj")
        return joules if 0 <= joules <= limit else math.nan

    return Counter(read=read, limit=limit)


def _joules(path: Path) -> float:
    """Of a file in microjoules; NaN if it cannot be read."""
    try:
        return int(_text(path)) / 1e6
    except ValueError:
        return math.nan


def _text(path: Path) -> str:
    """Empty if the file cannot be read."""
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""


def gpu_counter(device: torch.device) -> Counter | None:
    """The GPU's own, found by its UUID, since CUDA_VISIBLE_DEVICES gives the GPUs other numbers."""
    try:
        nvml = importlib.import_module("pynvml")
    except ImportError:
        return None

    def read() -> float:
        try:
            return float(nvml.nvmlDeviceGetTotalEnergyConsumption(handle) / 1e3)
        except nvml.NVMLError:
            return math.nan

    try:
        nvml.nvmlInit()
        uuid = torch.cuda.get_device_properties(device).uuid
        handle = nvml.nvmlDeviceGetHandleByUUID(f"GPU-{uuid}")
    except nvml.NVMLError:
        return None
    return Counter(read=read)
