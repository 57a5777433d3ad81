"""Where and in which precision the model runs: chosen by what the machine has, overridable."""

from __future__ import annotations

from pathlib import Path

import torch

BFLOAT16_FLAGS = frozenset({"amx_bf16", "avx512_bf16"})
"""CPU flags of processors that multiply bfloat16 natively.

Without one, half precision is far slower than fp32.
"""


def multiplies_bfloat16(cpuinfo: str | Path = "/proc/cpuinfo") -> bool:
    """Whether this processor multiplies bfloat16 natively; False where the flags can't be read."""
    try:
        content = Path(cpuinfo).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    flags = next((line for line in content.splitlines() if line.startswith("flags")), "")
    return not BFLOAT16_FLAGS.isdisjoint(flags.split())


def choose_device(device: str = "auto") -> torch.device:
    """`"auto"` takes a CUDA device where there is one, else the CPU."""
    if device == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    return torch.device(device)


def choose_dtype(dtype: str = "auto", device: torch.device | None = None) -> torch.dtype:
    """Precision of the encoder: bfloat16 where it is fast, fp32 elsewhere.

    Raises:
        ValueError: If `dtype` is not `"auto"`, `"float32"` or `"bfloat16"`.
    """
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
