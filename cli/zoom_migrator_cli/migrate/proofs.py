"""Proofs that an org is connected, as a table."""

from __future__ import annotations

from collections.abc import Sequence

from rich.markup import escape
from rich.table import Table

from zoom_migrator.domain.verification import Verification
from zoom_migrator_cli.layout import columns_table, moment


def proofs_table(proofs: Sequence[Verification]) -> Table:
    """Proofs, oldest first: when, as whom, and what was seen of the package's own connection."""
    table = columns_table("When", "As whom", "The package's own connection", lines=False)
    for proof in proofs:
        table.add_row(
            moment(proof.at),
            escape(f"{proof.zoom_email}\n{proof.zoom_account_id}"),
            proof.package.replace("_", " "),
        )
    return table
