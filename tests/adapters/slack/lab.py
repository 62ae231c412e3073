"""A simulated Slack, and the channel that posts to it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final

from local.slack import SlackSimulator
from zoom_migrator.adapters.slack.channel import HttpSlackChannel
from zoom_migrator.adapters.slack.secret import SlackAccess
from zoom_migrator.adapters.slack.settings import SlackSettings
from zoom_migrator.domain.delivery import SendFailure, SendResult
from zoom_migrator.domain.notice import NoticeKind
from zoom_migrator.domain.notice_message import (
    Action,
    ActionKind,
    Choice,
    ChoiceAnswer,
    Message,
    Tone,
)

CHANNEL: Final = "#zoom-migration"
WEBHOOK_ONLY: Final = ""
LINK: Final = "https://migrator.example/approve/claims.signature-canary"
CLAIMS: Final = "upgrade.00D5g0000000001EAA.1.x.1790000000"


def a_message(**changes: Any) -> Message:
    """A message that asks for an approval."""
    message = Message(
        kind=NoticeKind.UPGRADE_APPROVAL_NEEDED,
        tone=Tone.TO_DO,
        org="Acme",
        subject="Approve the Zoom upgrade in Acme",
        preheader="It is to be upgraded.",
        paragraphs=("The package is to be upgraded.",),
        action=Action(ActionKind.APPROVE, "Look at the upgrade", LINK, claims=CLAIMS),
    )
    return replace(message, **changes)


def with_choices(message: Message) -> Message:
    """The same message with buttons that answer."""
    assert message.action is not None
    choices = (
        Choice(ChoiceAnswer.APPROVE, "Approve", "Install it?", "Terms apply.", "Install"),
        Choice(ChoiceAnswer.DECLINE, "Decline", "Decline it?", "Nothing happens.", "Decline"),
    )
    return replace(message, action=replace(message.action, choices=choices))


def channel_to(
    connect_to: str, access: SlackAccess, *, seconds: float = 5, **settings: Any
) -> HttpSlackChannel:
    """A channel whose connections all lead to one address of this machine."""
    made = SlackSettings(connect_to=connect_to, seconds=seconds, **settings)
    return HttpSlackChannel(made, access=lambda: access)


@dataclass(frozen=True)
class SlackLab:
    """The simulator, and the channel that posts to it with everything that the secret can hold."""

    simulator: SlackSimulator

    @property
    def access(self) -> SlackAccess:
        """What the secret holds."""
        app = self.simulator.app
        return SlackAccess(app.bot_token, app.signing_secret, self.simulator.webhook_url)

    def channel(self, **changes: str) -> HttpSlackChannel:
        """A channel, with a secret that holds something else."""
        return channel_to(self.simulator.base_url, replace(self.access, **changes))

    def post(self, address: str = CHANNEL, message: Message | None = None) -> SendResult:
        """Post a message."""
        return self.channel().post(address, message or a_message())


def failed(result: SendResult) -> SendFailure:
    """The failure that a call is expected to have ended with."""
    assert isinstance(result, SendFailure), result
    return result
