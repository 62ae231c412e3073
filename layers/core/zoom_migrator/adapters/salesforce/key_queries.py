"""What is asked of the object that holds the old key and secret."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from zoom_migrator.adapters.salesforce.queries import Addresses, quoted, select


@dataclass(frozen=True, slots=True)
class KeyAddresses:
    """The addresses of the object's rows."""

    addresses: Addresses

    @property
    def look(self) -> dict[str, str]:
        """Addresses of what a look at the rows asks, by name; no value is selected."""
        settings = self.addresses.settings
        source, query = settings.keys_object, self.addresses.query
        return {
            "rows": query(select(("COUNT()",), source)),
            "with_key": query(
                select(("Id",), source, f"WHERE {settings.keys_api_key_field} != null")
            ),
            "with_secret": query(
                select(("Id",), source, f"WHERE {settings.keys_api_secret_field} != null")
            ),
            "fields": self.addresses.description(source),
        }

    def values(self, row_ids: Collection[str]) -> str:
        """Where the values of rows are read."""
        settings = self.addresses.settings
        ids = ", ".join(quoted(row_id) for row_id in row_ids)
        fields = ("Id", settings.keys_api_key_field, settings.keys_api_secret_field)
        return self.addresses.query(select(fields, settings.keys_object, f"WHERE Id IN ({ids})"))

    def row(self, row_id: str) -> str:
        """Where a row is changed."""
        return self.addresses.record(self.addresses.settings.keys_object, row_id)

    def existence(self, row_id: str) -> str:
        """Where it is asked whether there is such a row."""
        condition = f"WHERE Id = {quoted(row_id)}"
        return self.addresses.query(select(("Id",), self.addresses.settings.keys_object, condition))
