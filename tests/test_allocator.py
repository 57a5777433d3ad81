import ctypes
import platform
import subprocess
import sys

import pytest

from claimclf.allocator import keep_freed_memory, release_freed_memory

COUNT_PAGE_FAULTS = """
import resource, sys
from claimclf.allocator import keep_freed_memory
if sys.argv[1] == "keep":
    keep_freed_memory()
def faults():
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt
before = faults()
for _ in range(50):
    blocks = [bytearray(b"1") * 9_000_000 for _ in range(3)]
    del blocks
print(faults() - before)
"""


def page_faults(how):
    run = subprocess.run(
        [sys.executable, "-c", COUNT_PAGE_FAULTS, how], capture_output=True, text=True, check=True
    )
    return int(run.stdout)


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="a setting of glibc")
def test_freed_memory_is_used_again():
    assert page_faults("keep") < page_faults("leave") / 2


@pytest.mark.parametrize("error", [OSError, AttributeError, TypeError])
def test_without_glibc_nothing_happens(monkeypatch, error):
    def missing(_):
        raise error("no such library or function")

    monkeypatch.setattr(ctypes, "CDLL", missing)
    keep_freed_memory()
    release_freed_memory()
