"""What Slack checks of a message before it posts it.

Source: Slack's Block Kit reference. That all blocks together may have about 13,200 characters is
documented nowhere: slackapi/bolt-js issue 2509.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from local.slack.errors import SlackRefused

MAX_BLOCKS: Final = 50
MAX_BLOCK_CHARACTERS: Final = 13_200
MAX_TEXT: Final = 40_000

type Part = Mapping[str, Any]


def check(text: str, blocks: object) -> None:
    """Check a message.

    Raises:
        SlackRefused: Slack would refuse it.
    """
    if blocks in (None, []):
        if not text.strip():
            raise SlackRefused("no_text")
        if len(text) > MAX_TEXT:
            raise SlackRefused("msg_too_long")
        return
    if not isinstance(blocks, list):
        raise SlackRefused("invalid_blocks_format")
    if len(blocks) > MAX_BLOCKS or not all(_is_good(block) for block in blocks):
        raise SlackRefused("invalid_blocks")
    if len(json.dumps(blocks, ensure_ascii=False, separators=(",", ":"))) > MAX_BLOCK_CHARACTERS:
        raise SlackRefused("msg_blocks_too_long")
    ids = [block["block_id"] for block in blocks if block.get("block_id")]
    if len(ids) != len(set(ids)):
        raise SlackRefused("invalid_blocks")


def _is_good(block: object) -> bool:
    if not isinstance(block, dict):
        return False
    rule = _BLOCKS.get(str(block.get("type")))
    return rule is not None and _is_short(block.get("block_id", ""), 255) and rule(block)


def _header(block: Part) -> bool:
    return _is_text(block.get("text"), 150, plain=True)


def _section(block: Part) -> bool:
    fields = block.get("fields", [])
    if "text" not in block and not fields:
        return False
    if "text" in block and not _is_text(block["text"], 3_000):
        return False
    if not isinstance(fields, list) or len(fields) > 10:
        return False
    accessory = block.get("accessory")
    return all(_is_text(one, 2_000) for one in fields) and (
        accessory is None or _is_button(accessory)
    )


def _context(block: Part) -> bool:
    elements = block.get("elements")
    return (
        isinstance(elements, list)
        and 1 <= len(elements) <= 10
        and all(_is_text(one, 3_000) for one in elements)
    )


def _actions(block: Part) -> bool:
    elements = block.get("elements")
    if not isinstance(elements, list) or not 1 <= len(elements) <= 25:
        return False
    ids = [one.get("action_id") for one in elements if isinstance(one, dict)]
    return all(map(_is_button, elements)) and len(ids) == len(set(ids))


def _is_button(element: object) -> bool:
    if not isinstance(element, dict) or element.get("type") != "button":
        return False
    url, confirm = element.get("url"), element.get("confirm")
    return (
        _is_text(element.get("text"), 75, plain=True)
        and _is_short(element.get("action_id", ""), 255)
        and _is_short(element.get("value", ""), 2_000)
        and element.get("style", "primary") in ("primary", "danger")
        and (url is None or _is_address(url))
        and (confirm is None or _is_question(confirm))
    )


def _is_question(confirm: object) -> bool:
    return isinstance(confirm, dict) and (
        _is_text(confirm.get("title"), 100, plain=True)
        and _is_text(confirm.get("text"), 300)
        and _is_text(confirm.get("confirm"), 30, plain=True)
        and _is_text(confirm.get("deny"), 30, plain=True)
    )


def _is_text(part: object, most: int, *, plain: bool = False) -> bool:
    if not isinstance(part, dict):
        return False
    kinds = ("plain_text",) if plain else ("plain_text", "mrkdwn")
    text = part.get("text")
    return part.get("type") in kinds and isinstance(text, str) and 1 <= len(text) <= most


def _is_short(value: object, most: int) -> bool:
    return isinstance(value, str) and len(value) <= most


def _is_address(url: object) -> bool:
    return _is_short(url, 3_000) and urlsplit(str(url)).scheme in ("http", "https")


_BLOCKS: Final[Mapping[str, Callable[[Part], bool]]] = {
    "header": _header,
    "section": _section,
    "context": _context,
    "actions": _actions,
    "divider": lambda _: True,
}
