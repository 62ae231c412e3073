"""Build functions and layers with SAM, and give them bytecode that Lambda can use.

``sam build`` ships no usable bytecode: its archives date every file 1980-01-01, which makes
timestamp-checked ``.pyc`` files stale at once, so every cold start compiles every module again.
Bytecode of the kind *unchecked-hash* is used without a look at the source's date.

Does nothing where nothing has changed since the last build into the same directory.

Usage: ``python -m scripts.build [--architecture arm64|x86_64] [--build-dir DIRECTORY]``
"""

from __future__ import annotations

import argparse
import compileall
import fcntl
import hashlib
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from py_compile import PycInvalidationMode
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
TEMPLATE: Final = ROOT / "template.yaml"
DEFAULT_BUILD_DIR: Final = ROOT / ".aws-sam" / "build"
# What a build is made of; a change in any of it makes the build stale.
_SOURCES: Final = ("template.yaml", "functions", "layers", "statemachines", "scripts/build.py")
_STAMP: Final = ".built-from"
_ARCHITECTURES: Final = {
    "aarch64": "arm64",
    "arm64": "arm64",
    "x86_64": "x86_64",
    "amd64": "x86_64",
}


class BuildFailed(Exception):
    """The build did not work; the message says where its output is."""


def machine_architecture() -> str:
    """Lambda's name for this machine's processor.

    Raises:
        BuildFailed: Lambda knows no such processor.
    """
    machine = platform.machine().lower()
    if machine not in _ARCHITECTURES:
        raise BuildFailed(f"Lambda functions cannot run on this machine's processor, {machine}.")
    return _ARCHITECTURES[machine]


def build(architecture: str, build_dir: Path) -> Path:
    """Build everything for one architecture, unless it is built already.

    Args:
        architecture: ``arm64`` or ``x86_64``.
        build_dir: Where the result goes; its log is beside it.

    Returns:
        The built template, ready for ``sam deploy``.

    Raises:
        BuildFailed: ``sam build`` or the compilation failed.
    """
    build_dir = build_dir.resolve()
    build_dir.parent.mkdir(parents=True, exist_ok=True)
    template = build_dir / "template.yaml"
    with _exclusive(build_dir.with_suffix(".lock")):
        digest = _digest(architecture)
        stamp = build_dir / _STAMP
        if not (template.is_file() and stamp.is_file() and stamp.read_text() == digest):
            _run_sam(architecture, build_dir)
            _compile(build_dir)
            stamp.write_text(digest)
    return template


@contextmanager
def _exclusive(path: Path) -> Iterator[None]:
    """Let one process at a time build into a directory; the others wait and find it built."""
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _digest(architecture: str) -> str:
    digest = hashlib.sha256(f"{architecture} {sys.version_info[:2]}".encode())
    for source in _SOURCES:
        for path in _files(ROOT / source):
            digest.update(f"\n{path.relative_to(ROOT)}\n".encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


def _files(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    return sorted(
        found for found in path.rglob("*") if found.is_file() and "__pycache__" not in found.parts
    )


def _run_sam(architecture: str, build_dir: Path) -> None:
    sam = ROOT / ".venv-sam" / "bin" / "sam"
    if not sam.exists():
        raise BuildFailed("The SAM CLI is not installed here; run `make bootstrap`.")
    log = build_dir.with_suffix(".log")
    command = [
        *(str(sam), "build", "--template-file", str(TEMPLATE), "--build-dir", str(build_dir)),
        *("--parameter-overrides", f"Architecture={architecture}"),
    ]
    with log.open("w") as output:
        # No shell, and every argument is ours.
        finished = subprocess.run(  # noqa: S603
            command,
            cwd=ROOT,
            env=_environment(architecture),
            stdout=output,
            stderr=output,
            check=False,
        )
    if finished.returncode != 0:
        raise BuildFailed(f"`sam build` failed; its last words (all of them: {log}):\n{tail(log)}")


def _environment(architecture: str) -> dict[str, str]:
    """The environment of ``sam build``: its Python and uv come first on the path."""
    path = [str(Path(sys.executable).parent), str(ROOT / ".tools" / "bin"), os.environ["PATH"]]
    return os.environ | {
        "PATH": os.pathsep.join(path),
        "LAYER_ARCHITECTURE": architecture,
        "SAM_CLI_TELEMETRY": "0",
        "UV_NO_MANAGED_PYTHON": "1",
        "AWS_DEFAULT_REGION": os.environ.get("AWS_DEFAULT_REGION", "us-east-1"),
    }


def _compile(build_dir: Path) -> None:
    for stale in list(build_dir.rglob("__pycache__")):
        shutil.rmtree(stale)
    for part in sorted(path for path in build_dir.iterdir() if path.is_dir()):
        done = compileall.compile_dir(
            part,
            quiet=2,
            force=True,
            # Where Lambda puts it, so that the same sources give the same bytes on every machine.
            stripdir=str(part),
            prependdir="/opt" if (part / "python").is_dir() else "/var/task",
            invalidation_mode=PycInvalidationMode.UNCHECKED_HASH,
        )
        if not done:
            raise BuildFailed(f"A module in {part} does not compile.")


def tail(log: Path, lines: int = 25) -> str:
    """The last lines of a log."""
    return "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])


def main() -> int:
    """Build as the command line says."""
    parser = argparse.ArgumentParser(description="Build functions and layers with SAM.")
    parser.add_argument("--architecture", choices=["arm64", "x86_64"], default="arm64")
    parser.add_argument("--build-dir", type=Path, default=DEFAULT_BUILD_DIR)
    arguments = parser.parse_args()
    try:
        template = build(arguments.architecture, arguments.build_dir)
    except BuildFailed as failure:
        print(f"build: {failure}", file=sys.stderr)
        return 1
    print(f"built for {arguments.architecture}: {template}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
