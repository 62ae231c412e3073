"""Act on a button that was pressed in Slack: record the answer, and say there what came of it."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Final

from zoom_migrator.domain.approval import Answer, AnswerChannel
from zoom_migrator.domain.cleanup import CleanupAnswer
from zoom_migrator.domain.delivery import SendFailure
from zoom_migrator.domain.errors import (
    ConfirmationMissing,
    LinkRefused,
    NothingToApprove,
    OrgNotFound,
    TransientError,
)
from zoom_migrator.domain.notice_message import ChoiceAnswer
from zoom_migrator.domain.notice_order import PressOrder
from zoom_migrator.domain.signed_link import LinkClaims, LinkPurpose
from zoom_migrator.domain.telling import one_line
from zoom_migrator.notice_ports import SlackChannel
from zoom_migrator.ports import MigrationRepository, OrgRepository, TaskCallback, TokenVault
from zoom_migrator.use_cases.answer_approval import (
    ApprovalRequest,
    answer_request,
    request_of_claims,
)
from zoom_migrator.use_cases.answer_cleanup import CleanupOffer, answer_cleanup, offer_of_claims

_OVER: Final = "This question is out of date, withdrawn or replaced; nothing was changed."
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class PressPorts:
    """What acting on a press needs."""

    orgs: OrgRepository
    migrations: MigrationRepository
    vault: TokenVault
    callback: TaskCallback
    slack: SlackChannel


def answer_press(order: PressOrder, *, ports: PressPorts) -> str:
    """Record the answer together with who pressed, and let the message say so.

    That the message cannot be changed any more takes nothing back.

    Returns:
        What the message says now.

    Raises:
        ConcurrentModification: Somebody else changed the migration at this moment; repeat it.
        StoreUnavailable: A store or a key is out of reach; nothing was recorded; repeat it.
    """
    try:
        said = _answered(order, ports)
    except (LinkRefused, NothingToApprove, OrgNotFound, ConfirmationMissing) as error:
        _log.info("press_came_to_nothing", extra={"reason": type(error).__name__})
        said = _OVER
    try:
        result = ports.slack.reply(order.reply_url, said)
    except TransientError as error:
        _log.warning("press_not_replied_to", extra={"reason": type(error).__name__})
    else:
        if isinstance(result, SendFailure):
            _log.warning("press_not_replied_to", extra={"reason": result.error})
    return said


def _answered(order: PressOrder, ports: PressPorts) -> str:
    purpose = LinkClaims.parse(order.claims).purpose
    if purpose is LinkPurpose.UPGRADE:
        return _answer_upgrade(order, ports)
    if purpose is LinkPurpose.CLEANUP:
        return _answer_cleanup(order, ports)
    raise LinkRefused("Nobody answers this by a press on a button.")


def _answer_upgrade(order: PressOrder, ports: PressPorts) -> str:
    request = request_of_claims(order.claims, orgs=ports.orgs, migrations=ports.migrations)
    given = request.approval.answer
    if given is not None:
        said = _said_of_upgrade(request, given.name, given.accepted)
        return said + _late(order, given.recorded_by, given.accepted)
    answer = Answer(
        accepted=_approves(order),
        at=order.at,
        name=order.by.name,
        email="",
        channel=AnswerChannel.SLACK,
        source=_source(order),
        terms_version=request.approval.terms.version,
        recorded_by=_actor(order),
    )
    answer_request(
        request,
        answer,
        migrations=ports.migrations,
        vault=ports.vault,
        callback=ports.callback,
    )
    return _said_of_upgrade(request, answer.name, answer.accepted)


def _said_of_upgrade(request: ApprovalRequest, name: str, accepted: bool) -> str:
    org = one_line(request.org.registration.display_name)
    if not accepted:
        return f"{one_line(name)} declined the upgrade of {org}; nothing is installed."
    return (
        f"{one_line(name)} approved the upgrade of {org} to version"
        f" {request.approval.target.version} and accepted the package's terms."
    )


def _answer_cleanup(order: PressOrder, ports: PressPorts) -> str:
    offer = offer_of_claims(order.claims, orgs=ports.orgs, migrations=ports.migrations)
    given = offer.request.answer
    if given is not None:
        said = _said_of_keys(offer, given.name, given.approved)
        return said + _late(order, given.recorded_by, given.approved)
    answer = CleanupAnswer(
        approved=_approves(order),
        at=order.at,
        name=order.by.name,
        email="",
        channel=AnswerChannel.SLACK,
        source=_source(order),
        # Whoever pressed was asked back, and the question says so where that is needed.
        connection_seen=_approves(order) and offer.request.needs_confirmation,
        recorded_by=_actor(order),
    )
    answer_cleanup(
        offer, answer, migrations=ports.migrations, vault=ports.vault, callback=ports.callback
    )
    return _said_of_keys(offer, answer.name, answer.approved)


def _said_of_keys(offer: CleanupOffer, name: str, approved: bool) -> str:
    org = one_line(offer.org.registration.display_name)
    decided = "agreed to remove" if approved else "decided to keep"
    return f"{org}: {one_line(name)} {decided} the old key and secret."


def _approves(order: PressOrder) -> bool:
    return order.answer is ChoiceAnswer.APPROVE


def _actor(order: PressOrder) -> str:
    """Who pressed, as the audit trail names them."""
    return f"slack:{order.by.team_id}:{order.by.user_id}"


def _source(order: PressOrder) -> str:
    return f"Slack workspace {order.by.team_id}, user {order.by.user_id}"


def _late(order: PressOrder, recorded_by: str, approved: bool) -> str:
    """What the message says of a press besides the answer that was there before it."""
    if (recorded_by, approved) == (_actor(order), _approves(order)):
        # The press was delivered twice, or the reply to it was lost.
        return ""
    return f" {one_line(order.by.name)} pressed a button after that; nothing was changed by it."
