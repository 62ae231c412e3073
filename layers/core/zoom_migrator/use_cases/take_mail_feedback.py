"""Send nothing more to addresses that do not take, or do not want, any mail."""

from __future__ import annotations

import logging
from collections.abc import Mapping

from zoom_migrator.domain.mail_feedback import MailFeedback, read_feedback
from zoom_migrator.domain.mute import Suppression
from zoom_migrator.notice_ports import ContactRepository
from zoom_migrator.ports import Clock

_log = logging.getLogger(__name__)


def take_mail_feedback(
    document: Mapping[str, object], *, contacts: ContactRepository, clock: Clock
) -> MailFeedback | None:
    """Act on a report of the mail service; the same report twice does the same.

    From then on the operators are told in place of the address, and ``notices list`` says so.

    Returns:
        What the report said, or None where nothing follows from it.

    Raises:
        StoreUnavailable: The store is out of reach; repeat it.
    """
    feedback = read_feedback(document)
    if feedback is None:
        return None
    now = clock.now()
    for address in feedback.addresses:
        contacts.suppress(Suppression(address, feedback.cause, now, feedback.detail))
    _log.warning(
        "mail_stopped", extra={"cause": feedback.cause, "addresses": len(feedback.addresses)}
    )
    return feedback
