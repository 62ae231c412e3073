"""How to look at a page: its size, its colours, and what the keyboard is on."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final, Literal

import pytest
from playwright.sync_api import Page, expect

from tests.adapters.web.test_markup import contrast
from tests.browser.conftest import DEVICES

type Scheme = Literal["light", "dark"]

SCHEMES: Final[tuple[Scheme, ...]] = ("light", "dark")
both_schemes = pytest.mark.parametrize("scheme", SCHEMES)


def width_of(page: Page) -> int:
    """How wide the page would like to be; more than its window means scrolling sideways."""
    return int(page.evaluate("() => document.documentElement.scrollWidth"))


def size(control: Any) -> tuple[float, float]:
    box = control.bounding_box()
    return box["width"], box["height"]


def outlines_of(page: Page, *, stops: int) -> list[list[object]]:
    """How each stop of the keyboard is outlined, one after the other."""
    outlines = []
    for _ in range(stops):
        page.keyboard.press("Tab")
        outlines.append(
            page.evaluate(
                "() => { const s = getComputedStyle(document.activeElement);"
                " return [s.outlineStyle, parseFloat(s.outlineWidth)]; }"
            )
        )
    return outlines


def fits_and_reads_well(page: Page, name: str, pictures: Path) -> None:
    """A page fits phone and desk and is easy to read by day and by night; pictures are taken."""
    file = name.replace(", ", "-").replace(" ", "-")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        pairs = page.evaluate(COLOURS)
        assert len(pairs) > 3
        assert all(contrast(front, back) >= 4.5 for front, back in pairs)
        for device, viewport in DEVICES.items():
            page.set_viewport_size(viewport)
            page.screenshot(path=pictures / f"{file}-{device}-{scheme}.png", full_page=True)
            assert width_of(page) <= viewport["width"]
    page.evaluate("() => { document.documentElement.style.fontSize = '200%'; }")
    assert width_of(page) <= DEVICES["desk"]["width"]


# For every text: its colour, and the colour of what is behind it.
COLOURS: Final = """() => {
  const hex = colour => '#' + colour.match(/[0-9]+/g).slice(0, 3)
    .map(part => Number(part).toString(16).padStart(2, '0')).join('');
  const behind = element => {
    for (let each = element; each; each = each.parentElement) {
      const colour = getComputedStyle(each).backgroundColor;
      if (!/, 0\\)$/.test(colour)) return hex(colour);
    }
    return '#ffffff';
  };
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const pairs = [];
  while (texts.nextNode()) {
    if (!texts.currentNode.data.trim()) continue;
    const element = texts.currentNode.parentElement;
    pairs.push([hex(getComputedStyle(element).color), behind(element)]);
  }
  return pairs;
}"""
