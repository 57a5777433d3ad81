"""How a process that is asked to end leaves nothing half-done behind."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class Stopped(KeyboardInterrupt):
    """Somebody asked the process to end; what is finished stays."""

    def __init__(self, signal_number: int) -> None:
        super().__init__(f"Stopped by {signal.Signals(signal_number).name}.")
        self.exit_code = 128 + signal_number
        """What a shell expects of a process that ends so."""


@contextmanager
def stop_on_sigterm() -> Iterator[None]:
    """Raise `Stopped` at SIGTERM, so that nothing half-done is left behind."""
    is_main = threading.current_thread() is threading.main_thread()
    # None: a handler that is not Python's, which could not be put back.
    if not is_main or signal.getsignal(signal.SIGTERM) is None:
        yield
        return

    def stop(signal_number: int, frame: FrameType | None) -> None:
        raise Stopped(signal_number)

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
