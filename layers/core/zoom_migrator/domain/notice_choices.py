"""What links and buttons say, and what a button that answers at once asks back first."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from zoom_migrator.domain.approval import Approval
from zoom_migrator.domain.cleanup import CleanupRequest
from zoom_migrator.domain.cleanup_words import CONFIRMATION
from zoom_migrator.domain.notice_message import ActionKind, Choice, ChoiceAnswer

LABELS: Final[Mapping[ActionKind, str]] = MappingProxyType(
    {
        ActionKind.APPROVE: "Look at the upgrade",
        ActionKind.AUTHORIZE: "Connect to Zoom",
        ActionKind.CLEANUP: "Decide about the old keys",
        ActionKind.INSTALL: "Install the package",
    }
)
"""What the link or button of each kind of action says."""

_RECORDED: Final = "Your name is recorded."
_LONGEST_ADDRESS: Final = 120


def upgrade_choices(approval: Approval) -> tuple[Choice, ...]:
    """The buttons of a question about an upgrade."""
    terms = approval.terms.url
    where = terms if 0 < len(terms) <= _LONGEST_ADDRESS else "AppExchange shows them"
    return (
        Choice(
            ChoiceAnswer.APPROVE,
            "Approve",
            f"Install version {approval.target.version} for all users?",
            f"By this you accept the terms and conditions of the Zoom package ({where}) for this"
            f" org. {_RECORDED}",
            "Accept and install",
        ),
        Choice(
            ChoiceAnswer.DECLINE,
            "Decline",
            "Decline the upgrade?",
            f"Nothing is installed, and the operators are told. {_RECORDED}",
            "Decline",
        ),
    )


def cleanup_choices(request: CleanupRequest) -> tuple[Choice, ...]:
    """The buttons of a question about old keys."""
    seen = f" You confirm: “{CONFIRMATION}”" if request.needs_confirmation else ""
    return (
        Choice(
            ChoiceAnswer.APPROVE,
            "Remove the old keys",
            "Remove the old key and secret?",
            f"JWT ends for this org by it, and OAuth is all that is left.{seen} {_RECORDED}",
            "Remove them",
        ),
        Choice(
            ChoiceAnswer.DECLINE,
            "Keep the old keys",
            "Keep the old key and secret?",
            f"Nothing is changed in the org. {_RECORDED}",
            "Keep them",
        ),
    )
