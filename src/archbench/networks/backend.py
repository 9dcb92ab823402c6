"""The device and the precision that training and evaluation compute with."""

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

RESIDENT_BYTES = 2**29
"""Images that a CPU's memory holds at most. More are read from their file again and again, which
costs little, since the system keeps in memory what it has room for."""
_M_TRIM_THRESHOLD, _M_MMAP_MAX = -1, -4
"""Constants of glibc's malloc.h."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Backend:
    """A device, its precision, and what makes it faster."""

    device: torch.device
    dtype: torch.dtype
    """The type of matrix products and convolutions; weights and statistics stay float32."""
    compiles: bool = False
    interleaves: bool = False
    """Whether convolutions of small images are interleaved, as `training/interleaving.py` says."""

    def autocast(self) -> AbstractContextManager[None]:
        """A context in which torch computes in `dtype`."""
        return torch.autocast(self.device.type, self.dtype, enabled=self.dtype != torch.float32)

    def compile(self, model: nn.Module) -> Callable[[Tensor], Tensor]:
        """The model's forward pass, compiled if the backend compiles, else as it is.

        Kernels are fused and launched as CUDA graphs, anew for each image size. Code that torch
        cannot compile runs uncompiled.
        """
        if not self.compiles:
            return model
        torch._dynamo.config.suppress_errors = True
        forward: Callable[[Tensor], Tensor] = torch.compile(
            model, mode="reduce-overhead", dynamic=False
        )
        return forward

    def has_compiled(self) -> bool:
        """Whether torch has compiled everything that this process compiles, without a fallback."""
        frames = torch._dynamo.utils.counters["frames"]
        return self.compiles and 0 < frames["ok"] == frames["total"]

    def upload(self, array: NDArray[Any]) -> Tensor:
        """The array on the device; to a GPU, one asynchronous copy from pinned memory."""
        tensor = torch.from_numpy(array)
        tensor = tensor.pin_memory() if self.device.type == "cuda" else tensor
        return tensor.to(self.device, non_blocking=True)

    def holds(self, size: int) -> bool:
        """Whether so many bytes of images may lie on the device: on a GPU, half of what is free."""
        if self.device.type == "cuda":
            return size <= torch.cuda.mem_get_info(self.device)[0] / 2
        return size <= RESIDENT_BYTES

    def peak_memory_gb(self) -> float:
        """This process's peak memory so far, in 10⁹ bytes: the GPU's, if it uses one."""
        if self.device.type == "cuda":
            return torch.cuda.max_memory_allocated(self.device) / 1e9
        unit = 1 if sys.platform == "darwin" else 1024
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e9

    def describe(self) -> dict[str, Any]:
        """Device, precision, threads and versions, which a repetition of the run needs."""
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
    """The backend of this machine: its GPU if there is one. Sets malloc and cuDNN for the process.

    `precision` is auto, bf16 or fp32; auto is bf16 if the hardware has it. `compile` is auto,
    always or never; auto compiles on a GPU only, since on two CPU cores compiling takes a minute
    and gains nothing (benchmarks/NOTES.md).
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
    """Have glibc keep freed memory for the next step.

    By default it returns large blocks to the system, which zeroes each page at first touch. Other C
    libraries are left as they are.
    """
    if mallopt := getattr(ctypes.CDLL(None), "mallopt", None):
        mallopt(_M_MMAP_MAX, 0)
        mallopt(_M_TRIM_THRESHOLD, 2**31 - 1)


def _has_bf16(device: torch.device) -> bool:
    """Whether the hardware has bf16 instructions: emulated bf16 is slower than fp32."""
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
