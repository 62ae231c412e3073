"""The file in which the command line keeps how far the clock of a demo is ahead."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from zoom_migrator.domain.errors import ConcurrentModification, InvalidSettings
from zoom_migrator.notice_contracts import MAX_DAYS_AHEAD

_DAYS: Final = "days_ahead"


@dataclass(frozen=True, slots=True)
class ClockFile:
    """How far the clock of one demo is ahead; a file that is not there means not at all."""

    path: Path

    @property
    def days_ahead(self) -> int:
        """How many days it is ahead.

        Raises:
            InvalidSettings: The file cannot be read, or is damaged.
        """
        try:
            text = self.path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return 0
        except (OSError, UnicodeDecodeError) as error:
            raise self._unusable(error) from error
        try:
            days = json.loads(text)[_DAYS]
        except (KeyError, TypeError, ValueError, RecursionError):
            days = None
        if type(days) is not int or not 0 <= days <= MAX_DAYS_AHEAD:
            raise InvalidSettings(
                f"The file of the demo's clock is damaged: {self.path}",
                remedy="Delete it. The clock stands at today then, and nobody is told twice.",
            )
        return days

    def set(self, days_ahead: int) -> None:
        """Have it so many days ahead; whoever reads meanwhile finds the old file or the new one.

        Raises:
            InvalidSettings: The file cannot be written.
        """
        try:
            # Only its owner can read or write what this makes.
            handle, name = tempfile.mkstemp(dir=self.path.parent, prefix=f".{self.path.name}-")
            try:
                with os.fdopen(handle, "w", encoding="utf-8") as file:
                    file.write(json.dumps({_DAYS: days_ahead}) + "\n")
                Path(name).replace(self.path)
            except BaseException:
                with suppress(FileNotFoundError):
                    Path(name).unlink()
                raise
        except OSError as error:
            raise self._unusable(error) from error

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keep every other command from moving it within the block.

        Raises:
            ConcurrentModification: Another command is moving it.
            InvalidSettings: Its folder cannot be written to.
        """
        # Not every system that the command line runs on has it.
        import fcntl

        # The file itself is replaced by each change, and would take its lock away with it.
        beside = self.path.with_name(f"{self.path.name}.lock")
        try:
            lock = os.open(beside, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise self._unusable(error) from error
        try:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise ConcurrentModification(
                    "Another command is moving the demo's clock.", remedy="Wait until it is done."
                ) from None
            yield
        finally:
            os.close(lock)

    def _unusable(self, error: Exception) -> InvalidSettings:
        return InvalidSettings(
            f"The file of the demo's clock cannot be used: {error}",
            remedy="Set the variables that a running `make demo` prints.",
        )
