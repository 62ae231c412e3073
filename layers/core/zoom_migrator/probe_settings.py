"""Settings of the functions that look whether the package is connected by itself."""

from __future__ import annotations

from dataclasses import dataclass

from zoom_migrator.domain.verification import ConnectionProbe
from zoom_migrator.plain_settings import PlainSettings, matching, setting, wrong_settings

_api_name = matching(r"([A-Za-z][A-Za-z0-9_]{0,79})?", "nothing, or an API name,")


@dataclass(frozen=True, kw_only=True)
class ConnectionProbeSettings(PlainSettings):
    """Where the package shows that it is connected by itself, for those who have found out.

    Attributes:
        connection_probe_object: Object to look at, such as ``zoom_app__Zoom__c``; empty where
            nobody knows.
        connection_probe_field: Field of it that queries can filter by.
        connection_probe_value: What is in the field of a package that is connected, letter by
            letter; empty where anything at all is, or a ticked checkbox.
    """

    connection_probe_object: str = setting(_api_name, "")
    connection_probe_field: str = setting(_api_name, "")
    connection_probe_value: str = setting(matching(r"(?s).{0,255}", "at most 255 characters"), "")

    def __post_init__(self) -> None:
        """See whether the probe is whole.

        Raises:
            InvalidSettings: It has an object without a field, or the other way round.
        """
        if bool(self.connection_probe_object) is not bool(self.connection_probe_field):
            raise wrong_settings(
                ["CONNECTION_PROBE_FIELD: a probe needs an object and a field of it"]
            )

    def connection_probe(self) -> ConnectionProbe | None:
        """The same as the domain says it; None where nobody knows."""
        if not self.connection_probe_object:
            return None
        return ConnectionProbe(
            self.connection_probe_object, self.connection_probe_field, self.connection_probe_value
        )
