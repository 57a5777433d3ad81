"""Where, in which precision and how the model runs: chosen by what the machine has, overridable.

torch is imported when a device is asked for, so that choosing costs nothing.
"""

from __future__ import annotations

import logging
import os
import shutil
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import torch

logger = logging.getLogger(__name__)

BFLOAT16_FLAGS = frozenset({"amx_bf16", "avx512_bf16"})
"""CPU flags of processors that multiply bfloat16 natively.

Without one, half precision is far slower than fp32.
"""

_MATRIX_FLAG: Final = "amx_bf16"
"""Of processors with matrix units: the others gain nothing from compiling."""

COMPILE_FROM_BYTES: Final = 100_000_000
"""Input from which on compiling pays for itself; `docs/decisions.md` has the measurement."""

_LARGEST_LEARNED: Final = 31 * 2**20
"""Bytes of a freed block from which glibc still learns: below 32 MiB on machines of 64 bits."""

_GPU_DEVICES: Final = ("/dev/nvidiactl", "/dev/dxg", "/dev/kfd")
"""What Linux has where torch could find a CUDA device: its own, under WSL, AMD's."""


@dataclass(frozen=True, slots=True)
class Backend:
    """One way to run the model; `str()` gives its name, as `parse` reads it."""

    device: str
    """`"cpu"`, `"cuda"`, `"cuda:1"`, …"""
    dtype: str
    """Precision of the encoder: `"float32"` or `"bfloat16"`."""
    is_compiled: bool = False
    """Whether the encoder goes through `torch.compile`."""

    def __str__(self) -> str:
        return f"{self.device}-{self.dtype}" + ("-compiled" if self.is_compiled else "")

    @property
    def kind(self) -> Backend:
        """The same on any device of its kind: scores don't depend on which GPU computes them."""
        return replace(self, device=self.device.partition(":")[0])

    @classmethod
    def parse(cls, name: str) -> Backend:
        """Read a name such as `cpu-bfloat16` or `cuda-bfloat16-compiled`.

        Raises:
            ValueError: If it is none.
        """
        device, _, rest = name.partition("-")
        dtype, _, compiled = rest.partition("-")
        if not device or dtype not in ("float32", "bfloat16") or compiled not in ("", "compiled"):
            raise ValueError(
                "A backend is 'auto' or a device and a precision, such as 'cpu-float32', "
                f"'cpu-bfloat16', 'cuda-bfloat16-compiled'; got {name!r}."
            )
        return cls(device, dtype, compiled == "compiled")


def choose_backend(name: str = "auto", *, num_bytes: int = 0) -> Backend:
    """The backend of this name; `"auto"` takes what is fastest here.

    Args:
        name: `"auto"`, or as `Backend.parse` reads it.
        num_bytes: Size of all input, which decides whether compiling pays.

    Raises:
        ValueError: If there is no such backend.
    """
    if name != "auto":
        return Backend.parse(name)
    if _may_have_gpu() and choose_device().type == "cuda":
        dtype = str(choose_dtype("auto", choose_device())).removeprefix("torch.")
        return Backend("cuda", dtype, _pays_to_compile(num_bytes))
    dtype = "bfloat16" if multiplies_bfloat16() else "float32"
    return Backend("cpu", dtype, _MATRIX_FLAG in cpu_flags() and _pays_to_compile(num_bytes))


def multiplies_bfloat16() -> bool:
    """Whether this processor multiplies bfloat16 natively."""
    return not BFLOAT16_FLAGS.isdisjoint(cpu_flags())


def cpu_flags(cpuinfo: str | Path = "/proc/cpuinfo") -> frozenset[str]:
    """What the processor can do; nothing where that can't be read."""
    try:
        content = Path(cpuinfo).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return frozenset()
    flags = next((line for line in content.splitlines() if line.startswith("flags")), "")
    return frozenset(flags.partition(":")[2].split())


def choose_device(device: str = "auto") -> torch.device:
    """`"auto"` takes a CUDA device where there is one, else the CPU.

    Raises:
        ValueError: If this machine, or this build of torch, has no such device.
    """
    import torch

    if device == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    try:
        return torch.empty(0, device=device).device
    except (AssertionError, RuntimeError) as error:
        reason = str(error).partition("\n")[0].rstrip(".")
        raise ValueError(f"There is no device {device!r} here: {reason}. Take 'cpu'.") from error


def choose_dtype(dtype: str = "auto", device: torch.device | None = None) -> torch.dtype:
    """Precision of the encoder: bfloat16 where it is fast, fp32 elsewhere.

    Raises:
        ValueError: If `dtype` is not `"auto"`, `"float32"` or `"bfloat16"`.
    """
    import torch

    known = {"float32": torch.float32, "bfloat16": torch.bfloat16}
    if dtype in known:
        return known[dtype]
    if dtype != "auto":
        raise ValueError(
            f"dtype must be one of 'auto', {', '.join(map(repr, known))}, got {dtype!r}."
        )
    if device is not None and device.type == "cuda":
        return torch.bfloat16 if torch.cuda.is_bf16_supported() else torch.float32
    return torch.bfloat16 if multiplies_bfloat16() else torch.float32


def keep_freed_memory() -> None:
    """Let the C library keep freed memory for the next batch.

    glibc gives the end of its heap back to the system when that is twice as large as the largest
    block that it has seen freed; the next tensor there is filled with zeros again, page by page, a
    quarter of a small encoder's time (`man 3 mallopt`, M_MMAP_THRESHOLD). It is shown a block that
    is large enough, which costs nothing, as nobody writes to it. Other C libraries don't care.
    """
    bytearray(_LARGEST_LEARNED)


def _pays_to_compile(num_bytes: int) -> bool:
    """Whether an input is large enough for compiling, and there is what compiles."""
    if num_bytes < COMPILE_FROM_BYTES:
        return False
    # What torch.compile itself looks for (torch._inductor.cpp_builder.get_cpp_compiler).
    usual = {"darwin": "clang++", "win32": "cl"}.get(sys.platform, "g++")
    compiler = os.environ.get("CXX", usual)
    if shutil.which(compiler) is None:
        logger.info(
            "Not compiling the model, which would be faster: there is no C++ compiler %r.", compiler
        )
        return False
    return True


def _may_have_gpu() -> bool:
    """Whether it is worth importing torch to look for a CUDA device."""
    return sys.platform != "linux" or any(Path(device).exists() for device in _GPU_DEVICES)
