"""Methods of the Web API: ``chat.postMessage`` and ``auth.test``."""

from __future__ import annotations

import json
from typing import Any, Final

from local.slack import block_rules
from local.slack.errors import SlackRefused
from local.slack.ids import derived_id
from local.slack.model import SimulatedChannel
from local.slack.request import Incoming
from local.slack.world import World

ROOT: Final = "/api"


def call(world: World, incoming: Incoming) -> dict[str, Any]:
    """Carry out a method.

    Raises:
        RateLimited: The channel has had too many messages.
        SlackRefused: Slack refuses it.
    """
    name = incoming.path.removeprefix(f"{ROOT}/")
    arguments = _arguments(incoming)
    _check_token(world, incoming, arguments)
    match name:
        case "chat.postMessage":
            return _post_message(world, arguments)
        case "auth.test":
            return _who(world)
    raise SlackRefused("unknown_method")


def _arguments(incoming: Incoming) -> dict[str, Any]:
    if not incoming.is_json:
        return dict(incoming.form)
    try:
        arguments = incoming.json()
    except ValueError:
        raise SlackRefused("invalid_json") from None
    if not isinstance(arguments, dict):
        raise SlackRefused("json_not_object")
    return arguments


def _check_token(world: World, incoming: Incoming, arguments: dict[str, Any]) -> None:
    app = world.document.app
    token = incoming.bearer or str(arguments.get("token", ""))
    if not token:
        raise SlackRefused("not_authed")
    if token != app.bot_token:
        raise SlackRefused("invalid_auth")
    if app.is_token_revoked:
        raise SlackRefused("token_revoked")


def _post_message(world: World, arguments: dict[str, Any]) -> dict[str, Any]:
    if "chat:write" not in world.document.app.scopes:
        raise SlackRefused("missing_scope")
    channel = world.document.channel(str(arguments.get("channel", "")))
    if channel is None:
        raise SlackRefused("channel_not_found")
    _check_channel(world, channel)
    text, blocks = str(arguments.get("text") or ""), _blocks(arguments.get("blocks"))
    block_rules.check(text, blocks)
    unfurled = arguments.get("unfurl_links") not in (False, "false", "0")
    message = world.post(channel.channel_id, text, blocks, is_unfurled=unfurled)
    return {
        "ok": True,
        "channel": channel.channel_id,
        "ts": message.ts,
        "message": {"type": "message", "ts": message.ts, "text": text, "blocks": message.blocks},
    }


def _check_channel(world: World, channel: SimulatedChannel) -> None:
    if channel.is_archived:
        raise SlackRefused("is_archived")
    if not channel.has_bot and "chat:write.public" not in world.document.app.scopes:
        raise SlackRefused("not_in_channel")
    if channel.is_read_only:
        raise SlackRefused("restricted_action_read_only_channel")


def _blocks(blocks: Any) -> Any:
    """Blocks; in a form they are JSON."""
    if not isinstance(blocks, str):
        return blocks
    try:
        return json.loads(blocks)
    except ValueError:
        raise SlackRefused("invalid_blocks_format") from None


def _who(world: World) -> dict[str, Any]:
    document = world.document
    return {
        "ok": True,
        "url": f"https://{document.domain}.slack.com/",
        "team": document.team,
        "user": "zoommigrator",
        "team_id": document.team_id,
        "user_id": derived_id("U", document.app.app_id),
        "bot_id": derived_id("B", document.app.app_id),
    }
