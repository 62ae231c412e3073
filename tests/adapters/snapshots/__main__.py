"""Writes the snapshots anew: ``python -m tests.adapters.snapshots``."""

from __future__ import annotations

from tests.adapters.snapshots import FOLDER, made

if __name__ == "__main__":
    for path in [*FOLDER.glob("*.json"), *FOLDER.glob("*.html")]:
        path.unlink()
    for path, text in made().items():
        path.write_text(text, encoding="utf-8")
