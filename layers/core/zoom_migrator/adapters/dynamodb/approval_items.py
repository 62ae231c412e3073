"""Requests for consent, and consent given beforehand, as parts of items, and back."""

from __future__ import annotations

from zoom_migrator.adapters.dynamodb.fields import Fields
from zoom_migrator.adapters.dynamodb.snapshot_items import Values, version_from, version_values
from zoom_migrator.domain.approval import (
    Answer,
    AnswerChannel,
    Approval,
    ApprovalStatus,
    StandingAcceptance,
    Terms,
)
from zoom_migrator.domain.upgrade import SecurityType, TargetVersion


def approval_values(approval: Approval) -> Values:
    """The attributes of a request for consent, without its task token."""
    answer = approval.answer
    return {
        "approval_id": approval.approval_id,
        "requested_at": approval.requested_at,
        "expires_at": approval.expires_at,
        "version_now": approval.version_now,
        "target": target_values(approval.target),
        "terms_version": approval.terms.version,
        "terms_url": approval.terms.url,
        "status": approval.status,
        "answer": _answer_values(answer) if answer else None,
        "reminders": approval.reminders,
    }


def approval_from(fields: Fields, *, task_token: str) -> Approval:
    """The request for consent of the attributes, with its task token."""
    answer = fields.inner("answer")
    return Approval(
        approval_id=fields.text("approval_id"),
        requested_at=fields.moment("requested_at"),
        expires_at=fields.moment("expires_at"),
        version_now=fields.text("version_now", ""),
        target=target_from(fields.required("target")),
        terms=Terms(fields.text("terms_version"), fields.text("terms_url", "")),
        status=fields.choice("status", ApprovalStatus),
        answer=_answer_from(answer) if answer else None,
        task_token=task_token,
        reminders=fields.number("reminders", 0),
    )


def target_values(target: TargetVersion) -> Values:
    """The attributes of a version to install."""
    return {
        **version_values(target.version),
        "version_id": target.version_id,
        "package_id": target.package_id,
        "validation": target.validation,
    }


def target_from(fields: Fields) -> TargetVersion:
    """The version to install of the attributes."""
    return TargetVersion(
        version_id=fields.text("version_id"),
        package_id=fields.text("package_id"),
        version=version_from(fields),
        validation=fields.text("validation", ""),
    )


def standing_acceptance_values(acceptance: StandingAcceptance) -> Values:
    """The attributes of consent given beforehand."""
    return {
        "name": acceptance.name,
        "email": acceptance.email,
        "terms_version": acceptance.terms_version,
        "security": acceptance.security,
        "recorded_by": acceptance.recorded_by,
        "recorded_at": acceptance.recorded_at,
        "reference": acceptance.reference,
    }


def standing_acceptance_from(fields: Fields) -> StandingAcceptance:
    """The consent given beforehand of the attributes."""
    return StandingAcceptance(
        name=fields.text("name"),
        email=fields.text("email"),
        terms_version=fields.text("terms_version"),
        security=fields.choice("security", SecurityType),
        recorded_by=fields.text("recorded_by"),
        recorded_at=fields.moment("recorded_at"),
        reference=fields.text("reference", ""),
    )


def _answer_values(answer: Answer) -> Values:
    return {
        "accepted": answer.accepted,
        "at": answer.at,
        "name": answer.name,
        "email": answer.email,
        "channel": answer.channel,
        "source": answer.source,
        "terms_version": answer.terms_version,
        "security": answer.security,
        "recorded_by": answer.recorded_by,
    }


def _answer_from(fields: Fields) -> Answer:
    return Answer(
        accepted=fields.flag("accepted"),
        at=fields.moment("at"),
        name=fields.text("name"),
        email=fields.text("email"),
        channel=fields.choice("channel", AnswerChannel),
        source=fields.text("source", ""),
        terms_version=fields.text("terms_version"),
        security=fields.choice("security", SecurityType),
        recorded_by=fields.text("recorded_by", ""),
    )
