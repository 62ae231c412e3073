"""Find out whether the grants still work that an event of Zoom's is about."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime
from math import inf
from typing import Final

from zoom_migrator.domain.cleanup_settings import CleanupSettings
from zoom_migrator.domain.errors import OrgNotFound
from zoom_migrator.domain.grant import Grant, GrantStatus, grant_id
from zoom_migrator.domain.loss import CONNECTED, LossCause
from zoom_migrator.domain.zoom_event import ProbeOrder
from zoom_migrator.use_cases.prove_org import ProofOutcome, ProofPorts, prove_org

# Enough for one org, with every store and Zoom at their slowest: whoever is cut off in the middle
# of a refresh loses the new tokens, and with them a grant that worked.
_SECONDS_TO_SPARE: Final = 60.0
_log = logging.getLogger(__name__)


def probe_grants(
    order: ProbeOrder,
    *,
    ports: ProofPorts,
    settings: CleanupSettings,
    since: datetime | None = None,
    seconds_left: Callable[[], float] = lambda: inf,
) -> Counter[ProofOutcome]:
    """Prove every org that uses such a grant; what Zoom says to that decides, not the event.

    A signed event is about the whole account: one admin's removal ends the tokens of all. An
    unsigned one is about the grant that it names, and no other.

    Args:
        since: When the order was given. An org that was proven after that is not asked about
            again, so that a repetition goes on where the time ran out.
        seconds_left: Where that is too little for another org, one counts as unproven for all
            that are left.

    Raises:
        TransientError: A store or a key is out of reach, or keys are being removed; repeat it.
    """
    found: Counter[ProofOutcome] = Counter()
    means = LossCause.DEAUTHORIZED if order.is_signed else LossCause.REFUSED
    for grant in _grants(order, ports):
        for org_id in grant.orgs:
            if _is_proven_since(org_id, grant, since, ports):
                found[ProofOutcome.PROVEN] += 1
                continue
            if seconds_left() < _SECONDS_TO_SPARE:
                _log.info("probe_out_of_time", extra={"org_id": org_id})
                found[ProofOutcome.UNPROVEN] += 1
                return found
            try:
                found[
                    prove_org(
                        org_id,
                        actor="zoom:webhook",
                        ports=ports,
                        settings=settings,
                        refused_means=means,
                    )
                ] += 1
            except OrgNotFound:
                _log.warning("org_of_grant_unknown", extra={"org_id": org_id})
    return found


def _is_proven_since(org_id: str, grant: Grant, since: datetime | None, ports: ProofPorts) -> bool:
    org = ports.losses.orgs.get(org_id)
    proof = org.verification if org is not None else None
    if since is None or proof is None or grant.status is not GrantStatus.LIVE:
        return False
    return proof.grant_id == grant.grant_id and proof.at > since


def _grants(order: ProbeOrder, ports: ProofPorts) -> Iterator[Grant]:
    grants = ports.grants.grants
    named = grants.get(grant_id(order.client_id, order.account_id, order.user_id))
    if named is not None:
        yield named
    if not order.is_signed:
        return
    for each in grants.list_ids():
        grant = grants.get(each)
        if grant is None or (named is not None and each == named.grant_id):
            continue
        same = (grant.subject.client_id, grant.subject.account_id)
        if same == (order.client_id, order.account_id) and not _is_history(grant, ports):
            yield grant


def _is_history(grant: Grant, ports: ProofPorts) -> bool:
    """Whether a grant is dead, and all of its orgs have been told."""
    if grant.status is not GrantStatus.DEAD:
        return False
    orgs = map(ports.losses.orgs.get, grant.orgs)
    return all(org is None or org.status not in CONNECTED for org in orgs)
