"""What the demo prints beside the output of the commands it types."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from typing import Final

from rich.console import Console

console: Final = Console(highlight=False)
# Generous, because machines can be slow; whoever watches can press Ctrl-C.
_LONGEST_SECONDS: Final = 300.0
_LOOK_SECONDS: Final = 1.0


class DemoFailed(Exception):
    """A step of the demo did not work; the message says which."""


@contextlib.contextmanager
def step(title: str) -> Iterator[None]:
    """Say what is being done, and how long it took."""
    begun = time.monotonic()
    console.print(f"[bold]•[/] {title} …")
    yield
    console.print(f"  [dim]done in {time.monotonic() - begun:.1f} s[/]")


def wait_until(is_so: Callable[[], bool], otherwise: str) -> None:
    """Look again and again until something is so.

    Raises:
        DemoFailed: It took too long.
    """
    deadline = time.monotonic() + _LONGEST_SECONDS
    while not is_so():
        if time.monotonic() > deadline:
            raise DemoFailed(f"{otherwise} within {_LONGEST_SECONDS:.0f} seconds.")
        time.sleep(_LOOK_SECONDS)
