"""The platform engineer of the demo, who types commands."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from local.demo.screen import DemoFailed, console

ROOT: Final = Path(__file__).resolve().parents[2]


class Operator:
    """Types commands and lets their output through."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = {**os.environ, **environment}

    def types(self, *words: str, answer: str | None = None) -> None:
        """Type a command, for everybody to see.

        Raises:
            DemoFailed: It did not work.
        """
        shown = [_shown(word) for word in words]
        console.print(f"\n[bold green]$[/] zoom-migrator {' '.join(shown)}", soft_wrap=True)
        done = self._run(words, answer=answer, capture=False)
        if done.returncode:
            raise DemoFailed(f"zoom-migrator {words[0]} ended with exit code {done.returncode}.")

    def reads(self, *words: str) -> Any:
        """Look something up without showing it.

        Raises:
            DemoFailed: It did not work.
        """
        done = self._run([*words, "--json"], answer=None, capture=True)
        if done.returncode:
            raise DemoFailed(f"zoom-migrator {' '.join(words)}: {done.stdout}{done.stderr}")
        return json.loads(done.stdout)

    def _run(
        self, words: tuple[str, ...] | list[str], *, answer: str | None, capture: bool
    ) -> subprocess.CompletedProcess[str]:
        command = Path(sys.executable).with_name("zoom-migrator")
        return subprocess.run(  # noqa: S603 - our own command line
            [str(command), *words],
            env=self._environment,
            cwd=ROOT,
            input=f"{answer}\n" if answer is not None else None,
            stdin=subprocess.DEVNULL if answer is None else None,
            capture_output=capture,
            text=True,
            check=False,
        )


def _shown(word: str) -> str:
    if word.startswith(tempfile.gettempdir()):
        return Path(word).name
    return f'"{word}"' if " " in word else word
