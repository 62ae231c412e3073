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
from zoom_migrator.use_cases.answer_approval import answer_request, request_of_claims
from zoom_migrator.use_cases.answer_cleanup import answer_cleanup, offer_of_claims

_OVER: Final = (
    "This question is out of date, withdrawn or has been answered before; nothing was changed."
)
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
    org, version = request.org.registration.display_name, request.approval.target.version
    done = (
        f"{order.by.name} approved the upgrade of {one_line(org)} to version {version} and"
        " accepted the package's terms."
        if _approves(order)
        else f"{order.by.name} declined the upgrade of {one_line(org)}; nothing is installed."
    )
    given = request.approval.answer
    if given is not None and _is_same(order, given.recorded_by, given.accepted):
        # The press was delivered twice, or the reply to it was lost.
        return done
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
    return done


def _answer_cleanup(order: PressOrder, ports: PressPorts) -> str:
    offer = offer_of_claims(order.claims, orgs=ports.orgs, migrations=ports.migrations)
    org = one_line(offer.org.registration.display_name)
    done = (
        f"{org}: {order.by.name} agreed to remove the old key and secret."
        if _approves(order)
        else f"{org}: {order.by.name} decided to keep the old key and secret."
    )
    given = offer.request.answer
    if given is not None and _is_same(order, given.recorded_by, given.approved):
        return done
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
    return done


def _approves(order: PressOrder) -> bool:
    return order.answer is ChoiceAnswer.APPROVE


def _actor(order: PressOrder) -> str:
    """Who pressed, as the audit trail names them."""
    return f"slack:{order.by.team_id}:{order.by.user_id}"


def _source(order: PressOrder) -> str:
    return f"Slack workspace {order.by.team_id}, user {order.by.user_id}"


def _is_same(order: PressOrder, recorded_by: str, approved: bool) -> bool:
    return recorded_by == _actor(order) and approved is _approves(order)
