"""A question that an org's admin answers behind a link, and everything that an answer needs."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Final, Protocol, Self

from tests.builders import NOW, org_id_of
from zoom_migrator.adapters.memory.migrations import InMemoryMigrationRepository
from zoom_migrator.adapters.memory.orgs import InMemoryOrgRepository
from zoom_migrator.adapters.memory.signing import InMemoryLinkSigner, InMemoryTokenVault
from zoom_migrator.adapters.memory.system import SettableClock
from zoom_migrator.adapters.memory.workflow import InMemoryTaskCallback
from zoom_migrator.domain.audit import AuditAction, AuditEntry
from zoom_migrator.domain.migration import Migration
from zoom_migrator.domain.org import Org
from zoom_migrator.ports import LinkSigner, MigrationRepository, OrgRepository, TokenVault

TASK_TOKEN: Final = "AQCEAAAAKgAAAAMAAAAAAAAAA-task-token-canary"


class Given(Protocol):
    """An answer, whatever it is about."""

    @property
    def name(self) -> str: ...

    @property
    def email(self) -> str: ...

    @property
    def at(self) -> datetime: ...

    @property
    def source(self) -> str: ...


class Question(Protocol):
    """A question as it is stored, whatever it is about."""

    @property
    def status(self) -> StrEnum: ...

    @property
    def expires_at(self) -> datetime: ...

    @property
    def answer(self) -> Given | None: ...

    @property
    def task_token(self) -> str: ...


@dataclass(frozen=True)
class Questioned(ABC):
    """The stores in which an org is asked, and everything that an answer needs.

    Attributes:
        answered_as: What the audit trail calls an answer.
        number: Which org of the fleet is asked.
    """

    answered_as: ClassVar[AuditAction]

    orgs: OrgRepository
    migrations: MigrationRepository
    signer: LinkSigner
    vault: TokenVault
    callback: InMemoryTaskCallback = field(default_factory=InMemoryTaskCallback)
    clock: SettableClock = field(default_factory=lambda: SettableClock(NOW))
    number: int = 1

    @classmethod
    def in_memory(cls) -> Self:
        """Everything in memory, and nobody asked yet."""
        orgs = InMemoryOrgRepository()
        return cls(
            orgs, InMemoryMigrationRepository(orgs), InMemoryLinkSigner(), InMemoryTokenVault()
        )

    @property
    @abstractmethod
    def question(self) -> Question:
        """The question, as it is stored."""

    @property
    @abstractmethod
    def question_id(self) -> str:
        """What links name it by."""

    @property
    @abstractmethod
    def link(self) -> str:
        """The part of the question's link that follows the route."""

    @abstractmethod
    def withdraw(self) -> None:
        """Have nobody wait for an answer any more."""

    def wait(self) -> str:
        """Let the state machine wait; returns its task token, encrypted."""
        self.callback.wait(TASK_TOKEN)
        return self.vault.seal(TASK_TOKEN, org_id=self.org_id, attempt=1)

    @property
    def org_id(self) -> str:
        """The org that is asked."""
        return org_id_of(self.number)

    @property
    def org(self) -> Org:
        """The org, as it is stored."""
        found = self.orgs.get(self.org_id)
        assert found is not None
        return found

    @property
    def migration(self) -> Migration:
        """The migration, as it is stored."""
        found = self.migrations.get(self.org_id, 1)
        assert found is not None
        return found

    def answers_on_record(self) -> Sequence[AuditEntry]:
        """What the audit trail says about answers."""
        trail = self.orgs.audit_trail(self.org_id, limit=50)
        return [entry for entry in trail if entry.action is self.answered_as]

    @property
    def is_pending(self) -> bool:
        """Whether nobody has answered as far as anything stored says."""
        question = self.question
        nothing_kept = question.answer is None and question.task_token != ""
        return question.status == "pending" and nothing_kept and not self.answers_on_record()

    @property
    def is_recorded_once(self) -> bool:
        """Whether exactly one answer is stored, and the one on record is it."""
        answer, entries = self.question.answer, self.answers_on_record()
        return answer is not None and len(entries) == 1 and answer.name in entries[0].detail
