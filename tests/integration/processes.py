"""Looks at this machine's processes (Linux)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Process:
    """A process; its start tells it from a later one with the same id."""

    pid: int
    parent: int
    group: int
    started: str

    @property
    def command(self) -> str:
        return _read(Path(f"/proc/{self.pid}/cmdline")).replace("\0", " ").strip()

    @property
    def variables(self) -> dict[str, str]:
        text = _read(Path(f"/proc/{self.pid}/environ"))
        return dict(line.split("=", 1) for line in text.split("\0") if "=" in line)


def processes() -> list[Process]:
    """All processes that there are, without those that have ended and are not yet collected."""
    return list(_processes())


def descendants(pid: int) -> list[Process]:
    """The children of a process, their children, and so on."""
    everybody, found, parents = processes(), list[Process](), {pid}
    while parents:
        children = [each for each in everybody if each.parent in parents]
        found += children
        parents = {each.pid for each in children}
    return found


def group_members(group: int) -> list[Process]:
    """The processes of a process group."""
    return [each for each in processes() if each.group == group]


def _processes() -> Iterator[Process]:
    for folder in Path("/proc").iterdir():
        # What follows the command, which may hold anything, even parentheses.
        fields = _read(folder / "stat").rpartition(")")[2].split() if folder.name.isdigit() else []
        if fields and fields[0] != "Z":
            yield Process(int(folder.name), int(fields[1]), int(fields[2]), fields[19])


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8", errors="replace")
    except OSError:
        # It ended meanwhile.
        return ""
