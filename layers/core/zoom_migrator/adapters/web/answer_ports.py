"""What pages need on which people answer."""

from __future__ import annotations

from dataclasses import dataclass

from zoom_migrator.ports import (
    Clock,
    LinkSigner,
    MigrationRepository,
    OrgRepository,
    TaskCallback,
    TokenVault,
)


@dataclass(frozen=True, slots=True)
class AnswerPorts:
    """What a page that takes answers works with."""

    orgs: OrgRepository
    migrations: MigrationRepository
    signer: LinkSigner
    vault: TokenVault
    callback: TaskCallback
    clock: Clock
