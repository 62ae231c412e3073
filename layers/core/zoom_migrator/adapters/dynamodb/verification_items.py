"""Proofs of grants as parts of items, and back."""

from __future__ import annotations

from zoom_migrator.adapters.dynamodb.fields import Fields
from zoom_migrator.adapters.dynamodb.snapshot_items import Values
from zoom_migrator.domain.verification import PackageConnection, Verification


def verification_values(verification: Verification) -> Values:
    """The attributes of a proof."""
    return {
        "at": verification.at,
        "grant_id": verification.grant_id,
        "grant_version": verification.grant_version,
        "zoom_account_id": verification.zoom_account_id,
        "zoom_email": verification.zoom_email,
        "package": verification.package,
    }


def verification_from(fields: Fields) -> Verification:
    """The proof of the attributes."""
    return Verification(
        at=fields.moment("at"),
        grant_id=fields.text("grant_id"),
        grant_version=fields.number("grant_version"),
        zoom_account_id=fields.text("zoom_account_id", ""),
        zoom_email=fields.text("zoom_email", ""),
        package=fields.parsed("package", PackageConnection) or PackageConnection.NOT_PROBED,
    )
