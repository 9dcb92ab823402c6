"""Where the arithmetic happens: device, precision, threads. Shared by training and evaluation."""

import ctypes
import platform
import resource
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from archbench.networks.vision import timm

_M_TRIM_THRESHOLD, _M_MMAP_MAX = -1, -4
"""Of glibc's malloc.h."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Backend:
    device: torch.device
    dtype: torch.dtype
    """Of matrix products and convolutions; weights and statistics stay float32."""
    compiles: bool = False
    interleaves: bool = False
    """Convolutions of small images fill the CPU's matrix tiles together."""

    def autocast(self) -> AbstractContextManager[None]:
        return torch.autocast(self.device.type, self.dtype, enabled=self.dtype != torch.float32)

    def compile(self, model: nn.Module) -> Callable[[Tensor], Tensor]:
        """The model's forward pass, its kernels fused and its launches recorded as CUDA graphs.

        Each image size is compiled for itself. What torch cannot compile runs as it is.
        """
        if not self.compiles:
            return model
        torch._dynamo.config.suppress_errors = True
        forward: Callable[[Tensor], Tensor] = torch.compile(
            model, mode="reduce-overhead", dynamic=False
        )
        return forward

    def has_compiled(self) -> bool:
        """Whether torch compiled all that it was asked to, in this process so far."""
        frames = torch._dynamo.utils.counters["frames"]
        return self.compiles and 0 < frames["ok"] == frames["total"]

    def upload(self, array: NDArray[Any]) -> Tensor:
        """Onto the device, in one asynchronous copy from pinned memory where it is a GPU."""
        tensor = torch.from_numpy(array)
        tensor = tensor.pin_memory() if self.device.type == "cuda" else tensor
        return tensor.to(self.device, non_blocking=True)

    def peak_memory_gb(self) -> float:
        """The most that this process has held so far, in 10⁹ bytes: on the GPU, if it uses one."""
        if self.device.type == "cuda":
            return torch.cuda.max_memory_allocated(self.device) / 1e9
        unit = 1 if sys.platform == "darwin" else 1024
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e9

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


def configure(precision: str, compile: str = "never") -> Backend:
    """The GPU if there is one.

    `precision` auto is bf16 where the hardware has it. `compile` auto is on a GPU alone: on two
    CPU cores compiling takes a minute and then gains nothing (benchmarks/NOTES.md).
    """
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    torch.backends.cudnn.deterministic = True
    _keep_freed_memory()
    fast = precision == "bf16" or (precision == "auto" and _has_bf16(device))
    compiles = compile == "always" or (compile == "auto" and device.type == "cuda")
    return Backend(
        device=device,
        dtype=torch.bfloat16 if fast else torch.float32,
        compiles=compiles,
        interleaves=fast and device.type == "cpu" and "amx_bf16" in _cpu_flags(),
    )


def _keep_freed_memory() -> None:
    """Let the next step have what this one frees, where the C library is glibc.

    By default it returns large blocks to the system, which zeroes each page anew at first touch.
    """
    if mallopt := getattr(ctypes.CDLL(None), "mallopt", None):
        mallopt(_M_MMAP_MAX, 0)
        mallopt(_M_TRIM_THRESHOLD, 2**31 - 1)


def _has_bf16(device: torch.device) -> bool:
    """Emulated bf16 is slower than fp32, so ask for the instruction, not for the type."""
    if device.type == "cuda":
        return bool(torch.cuda.get_device_capability(device) >= (8, 0))
    return not {"avx512_bf16", "amx_bf16"}.isdisjoint(_cpu_flags())


def _cpu_flags() -> list[str]:
    return _cpuinfo("flags").split()


def _name(device: torch.device) -> str:
    if device.type == "cuda":
        return str(torch.cuda.get_device_name(device))
    return _cpuinfo("model name") or platform.processor() or platform.machine()


def _cpuinfo(key: str) -> str:
    """One line of Linux's /proc/cpuinfo; empty elsewhere."""
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text().splitlines() if cpuinfo.exists() else []
    return next((line.partition(":")[2].strip() for line in lines if line.startswith(key)), "")
