"""Settings of the functions that look whether the package is connected by itself."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, ValidationInfo, field_validator

from zoom_migrator.domain.verification import ConnectionProbe
from zoom_migrator.settings import Settings

type ApiName = Annotated[str, Field(pattern=r"^([A-Za-z][A-Za-z0-9_]{0,79})?$")]


class ConnectionProbeSettings(Settings):
    """Where the package shows that it is connected by itself, for those who have found out.

    Attributes:
        connection_probe_object: Object to look at, such as ``zoom_app__Zoom__c``; empty where
            nobody knows.
        connection_probe_field: Field of it that queries can filter by.
        connection_probe_value: What is in the field of a package that is connected, letter by
            letter; empty where anything at all is, or a ticked checkbox.
    """

    connection_probe_object: ApiName = ""
    connection_probe_field: Annotated[ApiName, Field(validate_default=True)] = ""
    connection_probe_value: Annotated[str, Field(max_length=255)] = ""

    @field_validator("connection_probe_field")
    @classmethod
    def _is_complete(cls, field: str, info: ValidationInfo) -> str:
        # An object that is malformed is reported by itself.
        source = info.data.get("connection_probe_object")
        if source is not None and bool(source) is not bool(field):
            raise ValueError("a probe needs an object and a field of it")
        return field

    def connection_probe(self) -> ConnectionProbe | None:
        """The same as the domain says it; None where nobody knows."""
        if not self.connection_probe_object:
            return None
        return ConnectionProbe(
            self.connection_probe_object, self.connection_probe_field, self.connection_probe_value
        )
