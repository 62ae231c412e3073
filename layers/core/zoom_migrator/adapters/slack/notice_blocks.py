"""One notice as blocks of Slack's Block Kit."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    ConfirmObject,
    PlainTextObject,
    SectionBlock,
)

from zoom_migrator.adapters.slack import parts
from zoom_migrator.adapters.slack.mrkdwn import bold, escaped, link, plain
from zoom_migrator.domain.notice_message import Action, Choice, ChoiceAnswer, Message

OPEN: Final = "open"
"""Name of the button that only opens a page; a press on it answers nothing."""
# Source: slack_sdk, the models of sections, buttons and confirmation dialogues.
_MAX_FACTS: Final = 10
_FACT_NAME: Final = 60
_FACT_VALUE: Final = 140
_STEP: Final = 500
_WHO: Final = 500
_BUTTON: Final = 75
_TITLE: Final = 100
_TEXT: Final = 300
_CONFIRM: Final = 30
_STYLES: Final = {ChoiceAnswer.APPROVE: "primary", ChoiceAnswer.DECLINE: None}


def notice_blocks(message: Message, *, with_buttons: bool) -> Iterator[Block]:
    """The blocks of one notice.

    Args:
        with_buttons: Whether the app is told of presses. Slack tells it even of buttons that only
            open a page, and marks those as broken where nobody listens.
    """
    yield parts.header(message.subject, message.tone)
    yield from parts.paragraphs(message.paragraphs)
    yield from _facts(message)
    yield from _steps(message)
    if message.action is not None:
        yield from _action(message.action, with_buttons)
    yield from parts.obstacles(message.obstacles)
    yield from parts.footnotes(message.footnotes)


def _facts(message: Message) -> Iterator[Block]:
    fields = [
        parts.markup(f"{bold(name, _FACT_NAME)}\n{escaped(value, _FACT_VALUE)}")
        for name, value in message.facts[:_MAX_FACTS]
    ]
    if fields:
        yield SectionBlock(fields=fields)


def _steps(message: Message) -> Iterator[Block]:
    lines = [escaped(step, _STEP) for step in message.steps]
    if len(lines) > 1:
        lines = [f"{number}. {line}" for number, line in enumerate(lines, start=1)]
    if lines:
        lines = ["*What to do*", *lines]
    if message.who:
        lines += ["", f"*Who has to do it:* {escaped(message.who, _WHO)}"]
    if lines:
        yield parts.section("\n".join(lines))


def _action(action: Action, with_buttons: bool) -> Iterator[Block]:
    if not with_buttons:
        yield parts.section(f"➜ *{link(action.url, action.label)}*")
        return
    label = PlainTextObject(text=plain(action.label, _BUTTON), emoji=False)
    opens = ButtonElement(
        text=label,
        action_id=OPEN,
        url=action.url,
        style=None if action.choices else _STYLES[ChoiceAnswer.APPROVE],
    )
    choices = [_choice(choice, action.claims) for choice in action.choices]
    yield ActionsBlock(elements=[*choices, opens])


def _choice(choice: Choice, claims: str) -> ButtonElement:
    """A button that answers; what it carries is no secret, and means nothing to anybody else."""
    return ButtonElement(
        text=PlainTextObject(text=plain(choice.label, _BUTTON), emoji=False),
        action_id=choice.answer.value,
        value=claims,
        style=_STYLES[choice.answer],
        confirm=ConfirmObject(
            title=PlainTextObject(text=plain(choice.title, _TITLE), emoji=False),
            text=PlainTextObject(text=plain(choice.text, _TEXT), emoji=False),
            confirm=PlainTextObject(text=plain(choice.confirm, _CONFIRM), emoji=False),
            deny=PlainTextObject(text="Not now", emoji=False),
        ),
    )
