"""Where the arithmetic happens: device, precision, threads. Shared by training and evaluation."""

import platform
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy
import torch

from archbench.vision import timm


@dataclass(frozen=True, kw_only=True, slots=True)
class Backend:
    device: torch.device
    dtype: torch.dtype
    """Of matrix products and convolutions; weights and statistics stay float32."""

    def autocast(self) -> AbstractContextManager[None]:
        return torch.autocast(self.device.type, self.dtype, enabled=self.dtype != torch.float32)

    def describe(self) -> dict[str, Any]:
        """What a reader needs to repeat a figure."""
        return {
            "device": _name(self.device),
            "precision": "fp32" if self.dtype == torch.float32 else "bf16",
            "threads": torch.get_num_threads(),
            "versions": {
                "python": platform.python_version(),
                "torch": torch.__version__,
                "timm": timm.__version__,
                "numpy": numpy.__version__,
            },
        }


def choose(precision: str) -> Backend:
    """The GPU if there is one, in the asked precision ("auto": bf16 where the hardware has it)."""
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    torch.backends.cudnn.deterministic = True
    fast = precision == "bf16" or (precision == "auto" and _has_bf16(device))
    return Backend(device=device, dtype=torch.bfloat16 if fast else torch.float32)


def _has_bf16(device: torch.device) -> bool:
    """Emulated bf16 is slower than fp32, so ask for the instruction, not for the type."""
    if device.type == "cuda":
        return bool(torch.cuda.get_device_capability(device) >= (8, 0))
    flags = _cpuinfo("flags").split()
    return "avx512_bf16" in flags or "amx_bf16" in flags


def _name(device: torch.device) -> str:
    if device.type == "cuda":
        return str(torch.cuda.get_device_name(device))
    return _cpuinfo("model name") or platform.processor() or platform.machine()


def _cpuinfo(key: str) -> str:
    """One line of Linux's /proc/cpuinfo; empty elsewhere."""
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text().splitlines() if cpuinfo.exists() else []
    return next((line.partition(":")[2].strip() for line in lines if line.startswith(key)), "")
