"""Prove the grant of a connected org outside its migration, and record what that shows."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final

from zoom_migrator.cleanup_ports import KeysGateway
from zoom_migrator.domain.cleanup_settings import CleanupSettings
from zoom_migrator.domain.errors import ConcurrentModification
from zoom_migrator.domain.loss import CONNECTED, Loss, LossCause
from zoom_migrator.domain.verification import Verification
from zoom_migrator.ports import Clock, SecretIds
from zoom_migrator.use_cases.grant_ports import GrantPorts
from zoom_migrator.use_cases.note_lost_authorization import LossPorts, note_lost_authorization
from zoom_migrator.use_cases.prove_grant import prove_grant

_TRIES: Final = 5
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ProofPorts:
    """What proving the grants of connected orgs needs; nothing of it is in Salesforce."""

    losses: LossPorts
    grants: GrantPorts
    ids: SecretIds

    @property
    def clock(self) -> Clock:
        """What tells the time."""
        return self.losses.clock


@dataclass(frozen=True, slots=True)
class HealthPorts(ProofPorts):
    """What watching over connected orgs needs."""

    keys: KeysGateway


class ProofOutcome(StrEnum):
    """What a proof came to.

    ``UNPROVEN``: neither could be found out; the next look tries again.
    """

    PROVEN = "proven"
    LOST = "lost"
    UNPROVEN = "unproven"


def prove_org(
    org_id: str,
    *,
    actor: str,
    ports: ProofPorts,
    settings: CleanupSettings,
    refused_means: LossCause = LossCause.REFUSED,
) -> ProofOutcome:
    """Call Zoom with an org's grant; store the proof, or the loss with all that follows from it.

    Args:
        refused_means: Why, where Zoom accepts the grant no more and does not say why.

    Raises:
        TransientError: A store or a key is out of reach, or the org's keys are being removed.
    """
    proof = prove_grant(
        org_id,
        ports=ports.grants,
        ids=ports.ids,
        clock=ports.clock,
        settings=settings.grants,
    )
    if isinstance(proof, Verification):
        _store(org_id, proof, ports)
        return ProofOutcome.PROVEN
    if isinstance(proof, Loss):
        if proof.cause is LossCause.REFUSED:
            proof = replace(proof, cause=refused_means)
        note_lost_authorization(
            org_id, proof, actor=actor, ports=ports.losses, jwt_deadline=settings.jwt_deadline
        )
        return ProofOutcome.LOST
    _log.warning(
        "grant_not_proven",
        extra={"org_id": org_id, "reason": proof.reason, "said": proof.said},
    )
    return ProofOutcome.UNPROVEN


def is_due(verification: Verification | None, now: datetime, settings: CleanupSettings) -> bool:
    """Whether a proof is old enough to be made anew."""
    return verification is None or now >= verification.at + settings.prove_every


def _store(org_id: str, proof: Verification, ports: ProofPorts) -> None:
    orgs = ports.losses.orgs
    for _ in range(_TRIES):
        org = orgs.get(org_id)
        if org is None or org.status not in CONNECTED:
            return
        if org.verification is not None and org.verification.at >= proof.at:
            return
        try:
            orgs.save(org.proven(proof))
        except ConcurrentModification:
            continue
        return
    _log.warning("proof_not_recorded", extra={"org_id": org_id})
