"""How telling people of a notice went, as a whole and to each of them."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from rich.text import Text

from zoom_migrator.domain.delivery import Channel, Delivery, DeliveryStatus, Recipient
from zoom_migrator.domain.notice_settings import NoticeSettings
from zoom_migrator.domain.recipients import readers_of
from zoom_migrator.domain.telling import counted, days, one_line
from zoom_migrator.use_cases.gather_notices import STOPPED
from zoom_migrator_cli.layout import moment
from zoom_migrator_cli.notices.names import name_of
from zoom_migrator_cli.notices.told import ToldNotice


class Outcome(StrEnum):
    """How telling people of a notice went.

    ``TOLD``: everybody who had to be told was. ``SUPPRESSED``: nobody was to be told any more.
    ``ON_ITS_WAY``: it is tried. ``NOBODY``: nothing was tried. ``FAILED``: somebody was not told,
    and nothing is tried any more. ``UNKNOWN``: somebody may have been told or not.
    """

    TOLD = "told"
    SUPPRESSED = "suppressed"
    ON_ITS_WAY = "on_its_way"
    NOBODY = "nobody"
    FAILED = "failed"
    UNKNOWN = "unknown"

    @property
    def is_in_order(self) -> bool:
        """Whether everybody knows what they have to."""
        return self in (Outcome.TOLD, Outcome.SUPPRESSED)


_S = DeliveryStatus
STYLES: Final = {
    Outcome.TOLD: "green",
    Outcome.SUPPRESSED: "dim",
    Outcome.ON_ITS_WAY: "cyan",
    Outcome.NOBODY: "yellow",
    Outcome.FAILED: "bold red",
    Outcome.UNKNOWN: "bold yellow",
}
_STYLES_OF_STATUS: Final = {
    _S.SENT: "green",
    _S.SUPPRESSED: "dim",
    _S.CLAIMED: "cyan",
    _S.WAITING: "cyan",
    _S.FAILED: "bold red",
    _S.UNKNOWN: "bold yellow",
}
# The stream, the bus and the queue take less than a minute; what takes longer is in trouble.
_ON_THE_WAY: Final = timedelta(minutes=15)
_BROKE_DOWN: Final = "whoever was sending it broke down, so it may have been sent"


def outcome_of(told: ToldNotice, *, now: datetime, settings: NoticeSettings) -> Outcome:
    """How telling people of a notice went; what was sent again counts as it went the last time."""
    newest = told.newest
    found = {status_of(each, now=now, settings=settings) for each in newest}
    is_stopped = any(each.error.startswith(STOPPED) for each in newest)
    if not found:
        return Outcome.NOBODY
    if _S.UNKNOWN in found:
        return Outcome.UNKNOWN
    if _S.FAILED in found or (is_stopped and found == {_S.SUPPRESSED}):
        return Outcome.FAILED
    if found & {_S.CLAIMED, _S.WAITING}:
        return Outcome.ON_ITS_WAY
    return Outcome.TOLD if _S.SENT in found else Outcome.SUPPRESSED


def status_of(delivery: Delivery, *, now: datetime, settings: NoticeSettings) -> DeliveryStatus:
    """Where a delivery stands; nobody may have looked since its sender broke down."""
    return _S.UNKNOWN if delivery.is_stale(now, settings.lease) else delivery.status


def to_do_about(told: ToldNotice, *, now: datetime, settings: NoticeSettings) -> str:
    """What to do about how it went; empty where nothing is to be done."""
    command = f"`zoom-migrator notices resend {told.ref.org_id} {name_of(told.ref)}`"
    match outcome_of(told, now=now, settings=settings):
        case Outcome.UNKNOWN if told.org:
            return f"Ask whether it arrived; if not: {command}."
        case Outcome.FAILED if told.org:
            return (
                "Mend what stands in the way (`zoom-migrator notices addresses`, "
                f"`zoom-migrator doctor`), then: {command}."
            )
        case Outcome.UNKNOWN | Outcome.FAILED:
            return f"See the scan itself: `zoom-migrator scan show {told.ref.milestone}`."
        case Outcome.NOBODY:
            return _about_nobody(told, command, now, settings)
        case _:
            return ""


def _about_nobody(told: ToldNotice, command: str, now: datetime, settings: NoticeSettings) -> str:
    registration = told.org.registration if told.org else None
    facts = told.notice.facts if told.notice else {}
    if not readers_of(told.ref.kind, facts, registration, settings):
        return "No channel leads to anybody who has to know: `zoom-migrator doctor`."
    if now - told.at < _ON_THE_WAY:
        return ""
    return f"See docs/runbook.md#events-not-published, or: {command}."


def delivery_text(delivery: Delivery, *, now: datetime, settings: NoticeSettings) -> Text:
    """What became of telling one recipient, on one line."""
    status, key = status_of(delivery, now=now, settings=settings), delivery.key
    error = one_line(delivery.error)
    if status is not delivery.status:
        error = error or _BROKE_DOWN
    more = [
        f"again ({key.again})" if key.again else "",
        counted(delivery.tries, "try", "tries") if delivery.tries > 1 else "",
        f"{days(delivery.late_by_days)} late" if delivery.late_by_days else "",
        error,
    ]
    said = ", ".join(filter(None, more))
    return Text.assemble(
        f"{recipient_text(key.recipient)}: ",
        (status, _STYLES_OF_STATUS[status]),
        f" {moment(delivery.at)}",
        f", {said}" if said else "",
    )


def recipient_text(recipient: Recipient) -> str:
    """Whom a delivery is for."""
    if recipient.channel is Channel.SLACK and not recipient.address:
        return "slack, the webhook's channel"
    return f"{recipient.channel} {one_line(recipient.address)}"
