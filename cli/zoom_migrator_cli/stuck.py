"""Orgs without a next step, for scripts and for people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from rich.markup import escape
from rich.table import Table

from zoom_migrator.domain.org import Org
from zoom_migrator.domain.status import OrgStatus
from zoom_migrator.domain.stuck import Stuck, StuckKind
from zoom_migrator_cli.documents import Document
from zoom_migrator_cli.layout import columns_table, named

_REPAIR: Final = "`zoom-migrator orgs doctor --repair`"
_RESUME: Final = "`zoom-migrator migrate resume {org_id}`."
_TO_DO: Final = {
    StuckKind.RUN_DEAD: f"{_REPAIR}, or {_RESUME}",
    StuckKind.CLAIM_STALE: f"{_REPAIR} lets go of it.",
    StuckKind.GRANT_NOT_RECORDED: f"{_REPAIR} records it.",
    StuckKind.NOBODY_IN_CHARGE: "`zoom-migrator migrate start {org_id}`.",
    StuckKind.NO_REASON: "`zoom-migrator scan start` finds out by what.",
    StuckKind.DAMAGED: "Was it written by a newer release, or changed by hand? Put the item back "
    "from a backup of the table, then look with `zoom-migrator orgs show {org_id}`.",
}
# No command begins a migration of an org that is said to be in the middle of one.
_IMPOSSIBLE: Final = frozenset({OrgStatus.UPGRADE_APPROVAL_PENDING, OrgStatus.UPGRADING})
_PUT_BACK: Final = (
    f"{_REPAIR} puts it back to `upgrade_required`, and the next scan says what it needs."
)


def to_do_about(stuck: Stuck, *, is_swept: bool = False) -> str:
    """What to do about an org that nothing would move again.

    Args:
        is_swept: It was found by a sweep, which has done what can be done without a person.
    """
    if is_swept and stuck.kind is StuckKind.RUN_DEAD:
        return _RESUME.format(org_id=stuck.org_id)
    nobody = stuck.kind is StuckKind.NOBODY_IN_CHARGE
    text = _PUT_BACK if nobody and stuck.status in _IMPOSSIBLE else _TO_DO[stuck.kind]
    return text.format(org_id=stuck.org_id)


def stuck_document(stuck: Stuck, orgs: Mapping[str, Org], *, is_swept: bool) -> Document:
    """An org without a next step: what was found, and what to do."""
    return {
        "org_id": stuck.org_id,
        "name": name_of(stuck.org_id, orgs) or None,
        "status": stuck.status,
        "kind": stuck.kind,
        "attempt": stuck.attempt,
        "found": stuck.detail,
        "what_to_do": to_do_about(stuck, is_swept=is_swept),
    }


def stuck_table(found: Sequence[Stuck], orgs: Mapping[str, Org], *, is_swept: bool) -> Table:
    """Orgs without a next step."""
    table = columns_table("Org", "Status", "What was found, and what to do")
    for stuck in found:
        kind = stuck.kind.replace("_", " ")
        table.add_row(
            named(name_of(stuck.org_id, orgs), stuck.org_id),
            stuck.status or "unreadable",
            escape(f"{kind}: {stuck.detail}\n{to_do_about(stuck, is_swept=is_swept)}"),
        )
    return table


def name_of(org_id: str, orgs: Mapping[str, Org]) -> str:
    """The name of an org; empty where it is not registered any more."""
    org = orgs.get(org_id)
    return org.registration.display_name if org else ""
