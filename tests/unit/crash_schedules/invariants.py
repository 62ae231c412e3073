"""The invariants, checked at every call that really happens.

The numbers are those of the design's list of invariants.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from zoom_migrator.domain.authorization import fingerprint
from zoom_migrator.domain.grant import Grant, GrantStatus, IssuedTokens, TokenPair
from zoom_migrator.domain.key_backup import KeyBackup
from zoom_migrator.domain.legacy_keys import KeyValues
from zoom_migrator.domain.status import OrgStatus
from zoom_migrator.domain.zoom_account import ZoomUser


@dataclass(frozen=True)
class Violation:
    """An invariant that was broken; 0 stands for any other contradiction."""

    invariant: int
    what: str


@dataclass
class Invariants:
    """Knows what has happened so far, and what must not happen after it.

    Attributes:
        world: The world behind the disturbed ports.
    """

    world: Any
    violations: list[Violation] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._moment = 0
        self._workers = [0]
        self._born = 0
        self._last: dict[int, tuple[str, str, bool]] = {}
        self._changed: dict[str, tuple[OrgStatus, int]] = {}
        self._verified: list[int] = []
        self._codes: Counter[str] = Counter()
        self._consumed: Counter[str] = Counter()
        self._consumed_by: dict[int, set[str]] = {}
        self._known: set[str] = set()
        self._grant_of: dict[str, str] = {}
        self._refreshing: dict[str, int] = {}
        self._notices: Counter[tuple[object, ...]] = Counter()
        self._checks: Mapping[tuple[str, str], Callable[[tuple[Any, ...], Any], None]] = {
            ("keys", "blank"): self._check_blank,
            ("zoom", "exchange"): self._check_exchange,
            ("zoom", "refresh"): self._check_refresh,
            ("zoom", "user"): self._check_access,
            ("zoom", "products"): self._check_access,
            ("zoom", "revoke"): self._check_access,
        }
        self._notes: Mapping[tuple[str, str], Callable[[tuple[Any, ...], Any, Any], None]] = {
            ("attempts", "consume"): self._note_consumed,
            ("zoom", "exchange"): self._note_tokens,
            ("zoom", "user"): self._note_user,
            ("upgrades", "install"): self._note_install,
            ("migrations", "save"): self._note_migration,
            ("orgs", "save"): self._note_org,
        }
        for org_id in self.world.orgs.list_ids():
            self._changed[org_id] = (self.world.orgs.get(org_id).status, 0)
        if hasattr(self.world, "grants"):
            self._note_stored()

    @property
    def now(self) -> datetime:
        """The present."""
        now: datetime = self.world.clock.now()
        return now

    def broken(self, invariant: int, what: str) -> None:
        """Note that an invariant is broken."""
        self.violations.append(Violation(invariant, what))

    # 1: keys are blanked only with a proof, an approval and a backup.

    def _check_blank(self, args: tuple[Any, ...], kwargs: Any) -> None:
        registration, row_id = args
        org = self.world.orgs.get(registration.org_id)
        migration = self.world.migrations.get(org.org_id, org.attempts)
        changed = self._changed[org.org_id][1]
        proofs = [moment for moment in self._verified if moment > changed]
        if len(proofs) < 2 or not org.is_proven:
            self.broken(1, "keys are blanked without a proof after the last change of status")
        if self._last.get(self._workers[-1]) != ("zoom", "user", True):
            self.broken(1, "keys are blanked without a proof just before")
        if migration.cleanup is None or not migration.cleanup.is_approved:
            self.broken(1, "keys are blanked without an approval")
        if not self._is_backed_up(org.org_id, row_id):
            self.broken(1, "keys are blanked without a backup of them")

    def _is_backed_up(self, org_id: str, row_id: str) -> bool:
        backup: KeyBackup | None = self.world.backups.get(org_id, now=self.now)
        if backup is None:
            return False
        kept = {
            row.row_id: row for row in self.world.backup_vault.open(backup.sealed, org_id=org_id)
        }
        held = {row.row_id: row for row in self.world.keys.held(org_id)}
        empty = KeyValues(row_id, None, None)
        now, then = held.get(row_id, empty), kept.get(row_id, empty)
        return now.api_key in (None, then.api_key) and now.api_secret in (None, then.api_secret)

    # 2: a code is exchanged once, by whoever has consumed its state.

    def _note_consumed(self, args: tuple[Any, ...], kwargs: Any, answer: Any) -> None:
        if answer is None:
            return
        self._consumed[args[0].state_hash] += 1
        self._consumed_by.setdefault(self._workers[-1], set()).add(kwargs["code_hash"])
        if self._consumed[args[0].state_hash] > 1:
            self.broken(2, "a state is consumed twice")

    def _check_exchange(self, args: tuple[Any, ...], kwargs: Any) -> None:
        code = args[0]
        self._codes[code] += 1
        if self._codes[code] > 1:
            self.broken(2, "a code is exchanged twice")
        if fingerprint(code) not in self._consumed_by.get(self._workers[-1], ()):
            self.broken(2, "a code is exchanged by somebody who has not consumed its state")

    # 3: one install request at a time.

    def _note_install(self, args: tuple[Any, ...], kwargs: Any, answer: Any) -> None:
        if len(self.world.upgrades.running(args[0].org_id)) > 1:
            self.broken(3, "two installs run at once")
        if self.world.upgrades.posted(args[0].org_id) > 1:
            self.broken(3, "an install is asked for twice")

    # 4: tokens are stored before they are used, one refresh at a time, and no race kills a grant.

    def _stored(self) -> Iterator[tuple[Grant, TokenPair]]:
        grants = self.world.grants
        for grant_id in grants.list_ids():
            grant = grants.get(grant_id)
            if grant.sealed:
                yield grant, self.world.grant_vault.open(grant.sealed, subject=grant.subject)

    def _note_stored(self) -> None:
        for grant, pair in self._stored():
            self._known.add(pair.access_token)
            self._grant_of[pair.refresh_token] = grant.grant_id

    def _check_refresh(self, args: tuple[Any, ...], kwargs: Any) -> None:
        grant_id = self._grant_of.get(args[0])
        if grant_id is None:
            self.broken(4, "a refresh token is used before it is stored")
            return
        if self._refreshing.get(grant_id, self._workers[-1]) != self._workers[-1]:
            self.broken(4, "two refreshes of one grant run at once")
        self._refreshing[grant_id] = self._workers[-1]

    def _check_access(self, args: tuple[Any, ...], kwargs: Any) -> None:
        if args[0] not in self._known:
            self.broken(4, "tokens are used before they are stored")

    def _note_tokens(self, args: tuple[Any, ...], kwargs: Any, answer: Any) -> None:
        if isinstance(answer, IssuedTokens):
            # A consent is examined before it is stored.
            self._known.add(answer.pair.access_token)

    def _note_user(self, args: tuple[Any, ...], kwargs: Any, answer: Any) -> None:
        if isinstance(answer, ZoomUser):
            self._verified.append(self._moment)

    def _note_grant(self, before: Grant | None, after: Grant) -> None:
        self._refreshing.pop(after.grant_id, None)
        self._note_stored()
        if before is None or not before.sealed or after.status is not GrantStatus.DEAD:
            return
        pair = self.world.grant_vault.open(before.sealed, subject=before.subject)
        if before.status is not GrantStatus.DEAD and self.world.zoom.is_live(pair):
            self.broken(4, "a grant that works is marked dead")

    # 5 and 6: notices and statuses, as they are stored.

    def _note_migration(self, args: tuple[Any, ...], kwargs: Any, answer: Any) -> None:
        org = kwargs.get("org")
        if org is not None:
            self._note_status(org.org_id, org.status)
        for notice in kwargs.get("notices", ()):
            key = (notice.org_id, notice.attempt, notice.kind, notice.milestone)
            self._notices[key] += 1
            if self._notices[key] > 1:
                self.broken(5, f"notice {notice.kind} is recorded twice")

    def _note_org(self, args: tuple[Any, ...], kwargs: Any, answer: Any) -> None:
        self._note_status(args[0].org_id, args[0].status)

    def _note_status(self, org_id: str, status: OrgStatus) -> None:
        before = self._changed.get(org_id)
        if before is None or before[0] is not status:
            self._changed[org_id] = (status, self._moment)
