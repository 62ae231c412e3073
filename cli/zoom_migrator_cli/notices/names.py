"""What operators call a notice: its kind, attempt and milestone, as far as they tell it apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Final

import typer

from zoom_migrator.domain.notice import NoticeKind, NoticeRef

FLEET: Final = "fleet"
"""What stands for an org where a notice is about the fleet as a whole."""


@dataclass(frozen=True, slots=True)
class NoticeName:
    """A notice of an org, or the newest of several.

    Attributes:
        attempt: None for any.
        milestone: None for any.
    """

    kind: NoticeKind
    attempt: int | None = None
    milestone: str | None = None

    def __str__(self) -> str:
        """The text that :func:`parsed` makes it of."""
        parts = (self.kind, self.attempt, self.milestone)
        return "/".join(str(part) for part in parts if part is not None)

    def fits(self, ref: NoticeRef) -> bool:
        """Whether a notice may be meant."""
        return (
            ref.kind is self.kind
            and self.attempt in (None, ref.attempt)
            and self.milestone in (None, ref.milestone)
        )


def name_of(ref: NoticeRef) -> str:
    """What tells a notice from all others of its org."""
    return str(NoticeName(ref.kind, ref.attempt, ref.milestone or None))


def parsed(text: str) -> NoticeName:
    """The notice that somebody means.

    Raises:
        typer.BadParameter: It cannot be one's name.
    """
    kind, _, rest = text.strip().partition("/")
    attempt, _, milestone = rest.partition("/")
    if kind not in set(NoticeKind) or (rest and not attempt.isdecimal()):
        raise typer.BadParameter(
            f"{text!r} is none: KIND, KIND/ATTEMPT or KIND/ATTEMPT/MILESTONE expected, as "
            "`zoom-migrator notices list` shows them"
        )
    return NoticeName(NoticeKind(kind), int(attempt) if attempt else None, milestone or None)


NoticeArgument = Annotated[
    NoticeName,
    typer.Argument(
        metavar="NOTICE",
        parser=parsed,
        help="Its name in `notices list`; its kind alone means the newest of that kind.",
    ),
]
OrgOrFleet = Annotated[
    str, typer.Argument(metavar="ORG", help=f"15- or 18-character org id, or `{FLEET}`.")
]
