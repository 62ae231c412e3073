"""The keys that sign links and seal the tokens of grants."""

from __future__ import annotations

from typing import Final

from zoom_migrator.domain.errors import MigratorError
from zoom_migrator.domain.grant import GrantSubject, TokenPair
from zoom_migrator.domain.legacy_keys import KeyValues
from zoom_migrator_cli.doctor.check import (
    Check,
    Patient,
    fine,
    hint,
    is_not_allowed,
    problem,
)

# Neither can be mistaken for what the product makes: this is no link, and nobody's grant.
_TEXT: Final = "zoom-migrator-doctor"
_SUBJECT: Final = GrantSubject(_TEXT, _TEXT, _TEXT, _TEXT)
_PAIR: Final = TokenPair(_TEXT, _TEXT)
_KEYS: Final = (KeyValues(_TEXT, _TEXT, _TEXT),)
_SEE_TO_IT: Final = "See in KMS whether it is enabled and of the kind that the template asks for."


def link_key(patient: Patient) -> Check:
    """Whether links can be signed and told from others."""
    signer = patient.connection.signer
    signature = signer.sign(_TEXT)
    if not signer.is_genuine(_TEXT, signature) or signer.is_genuine(f"{_TEXT}!", signature):
        return problem("link_key", "The key of links does not know its signatures.", _SEE_TO_IT)
    return fine("link_key", "The key of links signs, and knows its signatures.")


def grant_key(patient: Patient) -> Check:
    """Whether tokens can be sealed and opened again."""
    vault = patient.connection.grant_vault
    sealed = vault.seal(_PAIR, subject=_SUBJECT)
    if vault.open(sealed, subject=_SUBJECT) != _PAIR:
        return problem("grant_key", "The key of grants does not open what it sealed.", _SEE_TO_IT)
    return fine("grant_key", "The key of grants seals and opens.")


def backup_key(patient: Patient) -> Check:
    """Whether backups of old keys can be sealed and opened by whoever types."""
    code, vault = "backup_key", patient.connection.backup_vault
    try:
        opened = vault.open(vault.seal(_KEYS, org_id=_TEXT), org_id=_TEXT)
    except MigratorError as error:
        if not is_not_allowed(error):
            raise
        return hint(
            code,
            "You may not seal and open with the key of backups, so it was not tried. The function "
            "that removes old keys has a role of its own.",
            "Whoever runs `zoom-migrator jwt restore` needs kms:Decrypt with BackupKeyArn: "
            "docs/deploy.md.",
        )
    if opened != _KEYS:
        return problem(code, "The key of backups does not open what it sealed.", _SEE_TO_IT)
    return hint(
        code,
        "The key of backups seals and opens, so you may run `zoom-migrator jwt restore`.",
        "Whoever is not to see old keys should not have kms:Decrypt with BackupKeyArn.",
    )
