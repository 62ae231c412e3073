"""What the demo says of a page that somebody sees."""

from __future__ import annotations

import re
from typing import Final

from local.demo.screen import console

_HEADING: Final = re.compile(r"<h1[^>]*>(.*?)</h1>", re.DOTALL)
_TAG: Final = re.compile(r"<span[^>]*aria-hidden[^>]*>.*?</span>|<[^>]+>")


def say(name: str, does: str, page: str) -> None:
    """Print what somebody does, and the heading of the page that they see then."""
    found = _HEADING.search(page)
    heading = " ".join(_TAG.sub("", found[1]).split()) if found else "a page without a heading"
    console.print(f"  {name} {does}: [italic]{heading}[/]", soft_wrap=True)
