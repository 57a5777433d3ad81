"""Which backend is chosen where, and under which name."""

from __future__ import annotations

import platform
import subprocess
import sys

import pytest
import torch

from claimclf import backend
from claimclf.backend import Backend, choose_backend, choose_device, choose_dtype


@pytest.mark.parametrize(
    "name", ["cpu-float32", "cpu-bfloat16", "cuda-bfloat16-compiled", "cuda:1-float32"]
)
def test_a_name_reads_back(name):
    assert str(Backend.parse(name)) == name
    assert choose_backend(name) == Backend.parse(name)


@pytest.mark.parametrize(
    "name", ["", "cpu", "cpu-int8", "-float32", "cpu-float32-fast", "cpu-float16"]
)
def test_an_unknown_name_lists_examples(name):
    with pytest.raises(ValueError, match="such as 'cpu-float32'"):
        choose_backend(name)


@pytest.mark.parametrize(("can", "expected"), [(True, "bfloat16"), (False, "float32")])
def test_bfloat16_is_for_processors_that_multiply_it(monkeypatch, can, expected):
    monkeypatch.setattr(backend, "_may_have_gpu", lambda: False)
    monkeypatch.setattr(backend, "multiplies_bfloat16", lambda: can)
    assert choose_backend() == Backend("cpu", expected)
    assert str(choose_dtype()) == f"torch.{expected}"


@pytest.mark.parametrize(
    ("flags", "can"),
    [
        ("fpu amx_bf16 amx_tile", True),
        ("avx512f avx512_bf16", True),
        ("fpu avx2 avx512f", False),
        ("", False),
    ],
)
def test_flags_are_read_from_cpuinfo(tmp_path, monkeypatch, flags, can):
    cpuinfo = tmp_path / "cpuinfo"
    cpuinfo.write_text(f"model name\t: x\nflags\t\t: {flags}\n")
    found = backend.cpu_flags(cpuinfo)
    assert found == frozenset(flags.split())
    monkeypatch.setattr(backend, "cpu_flags", lambda: found)
    assert backend.multiplies_bfloat16() == can


def test_flags_that_cannot_be_read_are_none(tmp_path):
    assert not backend.cpu_flags(tmp_path / "none")


def test_only_large_inputs_and_matrix_units_are_worth_compiling(monkeypatch):
    monkeypatch.setattr(backend, "_may_have_gpu", lambda: False)
    monkeypatch.setattr(backend, "cpu_flags", lambda: {"amx_bf16"})
    monkeypatch.setenv("CXX", sys.executable)  # any program
    assert not choose_backend(num_bytes=backend.COMPILE_FROM_BYTES - 1).is_compiled
    assert choose_backend(num_bytes=backend.COMPILE_FROM_BYTES).is_compiled
    monkeypatch.setattr(backend, "cpu_flags", lambda: {"avx512_bf16"})
    assert not choose_backend(num_bytes=backend.COMPILE_FROM_BYTES).is_compiled


@pytest.mark.parametrize("variable", ["CXX", "PATH"])
def test_nothing_is_compiled_without_a_compiler_unless_asked_for(
    monkeypatch, tmp_path, caplog, variable
):
    monkeypatch.setattr(backend, "_may_have_gpu", lambda: False)
    monkeypatch.setattr(backend, "cpu_flags", lambda: {"amx_bf16"})
    monkeypatch.delenv("CXX", raising=False)
    monkeypatch.setenv(variable, str(tmp_path))
    with caplog.at_level("INFO"):
        assert not choose_backend(num_bytes=backend.COMPILE_FROM_BYTES).is_compiled
    assert "there is no C++ compiler" in caplog.text
    name = "cpu-float32-compiled"
    assert str(choose_backend(name, num_bytes=backend.COMPILE_FROM_BYTES)) == name


def test_an_unknown_dtype_is_refused():
    with pytest.raises(ValueError, match="'auto', 'float32', 'bfloat16', got 'float16'"):
        choose_dtype("float16")
    assert choose_device("cpu").type == "cpu"


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a CUDA device")
@pytest.mark.parametrize("name", ["cuda", "cuda:1", "gpu"])
def test_a_device_that_is_not_there_is_refused(name):
    with pytest.raises(ValueError, match=f"no device '{name}' here: .*Take 'cpu'"):
        choose_device(name)


def test_choosing_for_a_machine_without_a_gpu_imports_no_torch():
    code = (
        "import sys; from claimclf import backend; backend._may_have_gpu = lambda: False; "
        "backend.choose_backend(); print('torch' in sys.modules)"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert result.stdout == "False\n"


COUNT_PAGE_FAULTS = """
import resource, sys
from claimclf.backend import keep_freed_memory
if sys.argv[1] == "keep":
    keep_freed_memory()
def faults():
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt
before = faults()
for _ in range(50):
    blocks = [b"1" * 9_000_000 for _ in range(3)]
    del blocks
print(faults() - before)
"""


def page_faults(how):
    command = [sys.executable, "-c", COUNT_PAGE_FAULTS, how]
    return int(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="what glibc does")
def test_freed_memory_is_used_again():
    assert page_faults("keep") < page_faults("leave") / 2
