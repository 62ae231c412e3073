"""An operator at a terminal: the real command line, in processes of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from local.stack.deployment import ROOT

COMMAND: Final = Path(sys.executable).with_name("zoom-migrator")
_LONGEST_SECONDS: Final = 120


@dataclass
class Operator:
    """Types commands.

    Attributes:
        environment: The variables that point the command line at a stack.
        seen: Everything that was printed so far.
    """

    environment: dict[str, str]
    seen: list[str] = field(default_factory=list)

    def types(
        self, *words: str, answer: str | None = None, **variables: str
    ) -> subprocess.CompletedProcess[str]:
        """Type a command and wait for its end."""
        done = subprocess.run(  # noqa: S603 - our own command line
            [str(COMMAND), *words],
            env=self._environment | variables,
            cwd=ROOT,
            input=None if answer is None else f"{answer}\n",
            stdin=subprocess.DEVNULL if answer is None else None,
            capture_output=True,
            text=True,
            timeout=_LONGEST_SECONDS,
            check=False,
        )
        self.seen += [done.stdout, done.stderr]
        return done

    def reads(self, *words: str, exit_code: int = 0) -> Any:
        """What a command says as JSON."""
        done = self.types(*words, "--json")
        assert done.returncode == exit_code, done.stdout + done.stderr
        return json.loads(done.stdout)

    def begins(self, *words: str) -> subprocess.Popen[str]:
        """Type a command and do not wait."""
        return subprocess.Popen(  # noqa: S603 - our own command line
            [str(COMMAND), *words],
            env=self._environment,
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    @property
    def _environment(self) -> dict[str, str]:
        own = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        return own | {"COLUMNS": "200", "NO_COLOR": "1"} | self.environment
