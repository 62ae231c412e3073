"""Spare everybody reminders about every org, and remind them again."""

from __future__ import annotations

import logging
from datetime import date

from zoom_migrator.domain.mute import Mute
from zoom_migrator.notice_ports import ContactRepository
from zoom_migrator.ports import Clock

_ALL_ORGS = _EVERYBODY = ""
_log = logging.getLogger(__name__)


def mute_fleet(
    *,
    until: date,
    requested_by: str,
    reason: str = "",
    contacts: ContactRepository,
    clock: Clock,
) -> Mute:
    """Have nobody reminded of any org until a day; those of single orgs stay beside it.

    Args:
        until: The day on which reminders come again. There is always one: an org that is
            forgotten loses its connection on its deadline.
        requested_by: IAM principal of the operator, which is kept with the mute.

    Raises:
        StoreUnavailable: The store is out of reach.
    """
    mute = Mute(_ALL_ORGS, _EVERYBODY, until, requested_by, clock.now(), reason)
    contacts.mute(mute)
    return mute


def unmute_fleet(*, requested_by: str, contacts: ContactRepository) -> bool:
    """Have people reminded again of all orgs that are not muted by themselves; whether they were.

    Raises:
        StoreUnavailable: The store is out of reach.
    """
    was_muted = contacts.unmute(_ALL_ORGS, address=_EVERYBODY)
    _log.info("fleet_unmuted", extra={"by": requested_by, "was_muted": was_muted})
    return was_muted
