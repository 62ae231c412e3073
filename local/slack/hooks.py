"""Addresses that take messages without a token: the incoming webhook, and replies to presses."""

from __future__ import annotations

from typing import Any, Final

from local.slack import block_rules
from local.slack.errors import SlackRefused
from local.slack.messages import PostedMessage
from local.slack.request import Incoming
from local.slack.world import World

ROOT: Final = "/services"


def take(world: World, incoming: Incoming) -> None:
    """Post what came to the incoming webhook.

    Raises:
        RateLimited: The channel has had too many messages.
        SlackRefused: Slack refuses it.
    """
    document = world.document
    if document.app.is_webhook_disabled or not document.app.webhook_channel:
        raise SlackRefused("no_service")
    if not incoming.path.startswith(f"{ROOT}/{document.team_id}/"):
        raise SlackRefused("no_team")
    if incoming.path != document.webhook_path:
        raise SlackRefused("invalid_token")
    payload = _payload(incoming)
    channel = document.channel(document.app.webhook_channel)
    if channel is None:
        raise SlackRefused("channel_not_found")
    if channel.is_archived:
        raise SlackRefused("channel_is_archived")
    if channel.is_read_only:
        raise SlackRefused("action_prohibited")
    _post(world, channel.channel_id, payload)


def reply(world: World, incoming: Incoming) -> None:
    """Put something in place of a message whose button was pressed, or post beside it.

    Raises:
        RateLimited: The channel has had too many messages.
        SlackRefused: Slack refuses it.
    """
    address = world.replies.use(incoming.path)
    payload = _payload(incoming)
    message = world.messages.find(address.channel_id, address.ts)
    if message is not None and payload.get("delete_original"):
        world.messages.remove(message)
    elif message is not None and payload.get("replace_original"):
        _replace(message, payload)
    else:
        _post(world, address.channel_id, payload)


def _payload(incoming: Incoming) -> dict[str, Any]:
    try:
        payload = incoming.json()
    except ValueError:
        raise SlackRefused("invalid_payload") from None
    if not isinstance(payload, dict):
        raise SlackRefused("invalid_payload")
    return payload


def _post(world: World, channel_id: str, payload: dict[str, Any]) -> None:
    text, blocks = _checked(payload)
    unfurled = payload.get("unfurl_links") is not False
    world.post(channel_id, text, blocks, is_unfurled=unfurled)


def _replace(message: PostedMessage, payload: dict[str, Any]) -> None:
    text, blocks = _checked(payload)
    message.replace(text, blocks or [])


def _checked(payload: dict[str, Any]) -> tuple[str, Any]:
    text, blocks = str(payload.get("text") or ""), payload.get("blocks")
    try:
        block_rules.check(text, blocks)
    except SlackRefused as refused:
        # A webhook has one word for everything that is wrong with blocks.
        is_about_blocks = refused.error != "no_text" and blocks
        raise SlackRefused("invalid_blocks" if is_about_blocks else refused.error) from None
    return text, blocks
