"""Mistakes that somebody could make in the use cases; each has to be caught by some schedule.

A mistake is a change of one place in the source of a production module. The changed code is put
into the functions as they are, so that whoever imported them runs it too.
"""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from types import CodeType, FunctionType, ModuleType
from typing import Any, Final

from tests.unit.crash_schedules import scenarios as of
from tests.unit.crash_schedules.explore import Scenario
from tests.unit.crash_schedules.schedule import Kind


@dataclass(frozen=True)
class Mutation:
    """One mistake.

    Attributes:
        breaks: The invariant that has to be found broken; None where any will do.
        scenario: Where it has to be found.
        place: Name of the use case's module.
        old: A text that stands there once.
        new: What stands there by mistake.
        pairs: Where one disturbance is not enough, the two kinds that are to be tried.
        behind: A mistake that hides this one, because it is a second line of defence: it has to
            be caught by schedules that do no harm where only the first line is missing.
    """

    name: str
    breaks: int | None
    scenario: Scenario[Any]
    place: str
    old: str
    new: str
    pairs: tuple[Kind, Kind] | None = None
    behind: Mutation | None = None

    @property
    def tried(self) -> Scenario[Any]:
        """The scenario, with the schedules that are to catch it."""
        if self.pairs is None:
            return replace(self.scenario, first=(), second=())
        first, second = self.pairs
        return replace(self.scenario, kinds=(), first=(first,), second=(second,))


_BACKUP_DESTROYED: Final = Mutation(
    "the backup is destroyed while keys are being removed", 1, of.CLEANUP, "destroy_backup",
    "insist_that_nobody_removes(org, ports.migrations)", "pass",
)  # fmt: skip
MUTATIONS: Final = (
    _BACKUP_DESTROYED,
    Mutation(
        "keys are blanked before the grant is proven", 1, of.CLEANUP, "blank_rows",
        "proof = prove(hand.org.org_id, ports, settings)",
        "proof = hand.migration.verifications[-1]",
    ),
    Mutation(
        "the removal begins without a proof", 1, of.CLEANUP, "remove_keys",
        "proof = prove(hand.org.org_id, self._ports, self._settings)",
        "proof = hand.migration.verifications[-1]",
    ),
    Mutation(
        "a second worker does not heed the lease of the first", 1, of.CLEANUP, "remove_keys",
        "if removal is None or removal.lease is None or not removal.is_leased(now):",
        "if True:",
    ),
    Mutation(
        "what has to hold is not read again before a row is blanked", 1, of.CLEANUP, "blank_rows",
        "_insist_that_all_holds(hand, row_id, ports)", "pass", behind=_BACKUP_DESTROYED,
    ),
    Mutation(
        "nobody looks at the clock after the call to Zoom", 1, of.CLEANUP, "blank_rows",
        "_insist_on_time(hand, ports)", "pass",
    ),
    Mutation(
        "the backup is written blindly over the one before", None, of.CLEANUP, "back_up_keys",
        "wanted = merged(kept, found)", "wanted = merged((), found)",
    ),
    Mutation(
        "a migration can be ended while keys are being removed", 1, of.CLEANUP, "end_migration",
        "if removal is not None and removal.is_leased(at):", "if False:",
    ),
    Mutation(
        "an org loses its authorization while its keys are being removed", 1, of.CLEANUP,
        "note_lost_authorization",
        "if removal is not None and removal.is_leased(now):", "if False:",
        pairs=(Kind.PROBE, Kind.REVOKED),
    ),
    Mutation(
        "nothing is read back after the removal", 6, of.CLEANUP, "conclude_removal",
        "if found.rows:", "if False:",
    ),
    Mutation(
        "the loss of a grant does not heed that the keys are gone", 6, of.CLEANUP, "remove_keys",
        "hand = replace(hand, org=hand.org.with_keys(found.as_checked))", "pass",
        pairs=(Kind.CRASH_AFTER, Kind.REVOKED),
    ),
    Mutation(
        "the second proof is made at once", 6, of.PROOF, "verify_connection",
        "if is_soaking(hand, ports.clock.now()):", "if False:",
    ),
    Mutation(
        "an org that went another way is not noticed", None, of.PROOF, "verify_connection",
        "if org.standing != hand.org.standing or org.active_attempt != hand.org.active_attempt:",
        "if False:",
    ),
    Mutation(
        "a refused access token counts as a lost grant", 4, of.PROOF, "prove_grant",
        "return said or self._proof_of_refused(fresh.grant)",
        "return said or Loss(LossCause.REFUSED, grant.grant_id, grant.version)",
    ),
    Mutation(
        "a refresh does not heed the lease of another", None, of.REFRESH, "refresh_grant",
        "if grant.is_leased(now):", "if False:",
    ),
    Mutation(
        "a refreshed token is used and never stored", 4, of.CLEANUP, "refresh_grant",
        "return Refreshed(self.ports.grants.save(change(grant)), outcome, failure)",
        "return Refreshed(change(grant), outcome, failure)",
    ),
    Mutation(
        "a refresh that was overtaken stores what it brought", 4, of.REFRESH, "refresh_grant",
        "if grant is None or not grant.is_in_hands_of(self.owner, self.leased.version):",
        "if grant is None:",
    ),
    Mutation(
        "a refresh that broke off is sent again", 6, of.REFRESH, "refresh_grant",
        "if grant.lease is not None and need is not RefreshNeed.OPERATOR:", "if False:",
        pairs=(Kind.CRASH_AFTER, Kind.OUTAGE),
    ),
    Mutation(
        "a code is exchanged again after a lost answer", 2, of.AUTHORIZATION, "redeem_consent",
        "    if isinstance(tokens, ZoomFailure):\n        _tell(attempt, tokens)",
        "    if isinstance(tokens, ZoomFailure):\n"
        "        ports.zoom.exchange(consent.code, verifier='', redirect_uri='')",
    ),
    Mutation(
        "a state is not used up before its code is exchanged", 2, of.AUTHORIZATION,
        "complete_authorization",
        "consumed = ports.attempts.consume(attempt, code_hash=code_hash, now=now)",
        "consumed = attempt",
    ),
    Mutation(
        "tokens are stored without heeding a later consent", 4, of.AUTHORIZATION, "keep_grant",
        "stored.issued_at >= given.since and _superseded(given, ports)", "False",
    ),
    Mutation(
        "a consent that was stored before a crash is not recorded", 6, of.AUTHORIZATION,
        "follow_up_authorization",
        "settled = _settled_by_stored_grant(hand, request, migrations, grants)", "settled = None",
    ),
    Mutation(
        "the org is not asked for requests whose answer was lost", 3, of.UPGRADE,
        "request_on_its_way",
        "return running_install(version_id_of(hand), facts.requests) or _own(hand, facts)",
        "return None",
    ),
    Mutation(
        "an install is asked for without storing that before", 3, of.UPGRADE, "start_install",
        "saved = ports.migrations.save(migration, org=org, audit=audit)", "saved = migration",
    ),
    Mutation(
        "keys are put back over those that stand in a row", None, of.RESTORE, "put_back_rows",
        "if row.row_id in occupied:\n            continue", "pass",
    ),
    Mutation(
        "the sweep does not start what was never started", 6, of.LOSS, "sweep_fleet",
        "return _run_again(org, stuck, ports.stuck)", "return stuck",
    ),
    Mutation(
        "a second request for an authorization is told as the first", 5, of.WHOLE,
        "request_authorization",
        "renewals=request.renewals + 1 if request is not None else 0,", "renewals=0,",
    ),
)  # fmt: skip


@contextmanager
def applied(mutation: Mutation) -> Iterator[None]:
    """Let everybody make the mistake."""
    module = importlib.import_module(f"zoom_migrator.use_cases.{mutation.place}")
    source = inspect.getsource(module)
    if source.count(mutation.old) != 1:
        raise LookupError(f"{mutation.place} does not hold once: {mutation.old}")
    mutated = ModuleType(module.__name__)
    mutated.__file__ = module.__file__
    code = compile(source.replace(mutation.old, mutation.new), str(module.__file__), "exec")
    exec(code, vars(mutated))  # noqa: S102 - our own source
    exchanged = list(_exchanged(vars(module), vars(mutated)))
    try:
        yield
    finally:
        for function, before in exchanged:
            function.__code__ = before


def _exchanged(names: Any, mutated: Any) -> Iterator[tuple[FunctionType, CodeType]]:
    """Give functions the code of their mutated namesakes, and return what they had."""
    for name, thing in list(names.items()):
        other = mutated.get(name)
        if isinstance(thing, type) and isinstance(other, type) and _is_ours(thing, names):
            yield from _exchanged(vars(thing), vars(other))
        elif isinstance(thing, FunctionType) and isinstance(other, FunctionType):
            if thing.__module__ != other.__module__ or thing.__code__ == other.__code__:
                continue
            before = thing.__code__
            thing.__code__ = other.__code__
            yield thing, before


def _is_ours(kind: type, names: Any) -> bool:
    return bool(kind.__module__ == names.get("__name__"))
