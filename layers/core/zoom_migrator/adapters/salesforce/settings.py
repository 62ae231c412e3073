"""What the Salesforce adapter can be told, checked before anything is sent anywhere."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from zoom_migrator.adapters.http_client.loopback import Loopback, loopback_of
from zoom_migrator.domain.errors import InvalidSettings
from zoom_migrator.domain.salesforce_id import case_checksum

_API_VERSION: Final = re.compile(r"[0-9]{2,3}\.0")
# InstalledSubscriberPackage exists from 41.0 on (Tooling API reference).
_OLDEST_API_VERSION: Final = 41
_DOMAIN: Final = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)+")
_NAMESPACE: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,14}")
_API_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,79}")
_PACKAGE_ID: Final = re.compile(r"033[A-Za-z0-9]{12}(?:[A-Z0-5]{3})?")


@dataclass(frozen=True, slots=True)
class SalesforceSettings:
    """How orgs are asked, and what the package is called in them.

    The names and ids of the package are public: they stand in the metadata of orgs that have it.

    Attributes:
        connect_to: Loopback address that all connections are opened to, or empty. Host names in
            requests and certificates stay the orgs' own. Only the local stack sets it.
        namespace: Namespace of the Zoom package.
        package_id: Its id (``033...``), in 15 or 18 characters.
        keys_object: Object that holds the old API key and secret.
        cache_partition: Developer name of the package's Platform Cache partition.
        connect_timeout_seconds: Longest wait for a connection.
        read_timeout_seconds: Longest wait for the next bytes of an answer.
        check_timeout_seconds: Longest time for all calls of one check together.
        upgrade_timeout_seconds: The same for what an upgrade asks besides: a function that does a
            check and two such calls has to live to hear their answers.
        keys_timeout_seconds: The same for each call about the old keys, or about the package's own
            connection.
        max_body_bytes: Longest answer that is read.
    """

    api_version: str = "62.0"
    allowed_domains: tuple[str, ...] = ("my.salesforce.com",)
    connect_to: str = ""
    namespace: str = "zoom_app"
    package_id: str = "033370000004aaUAAQ"
    keys_object: str = "zoom_app__Zoom__c"
    keys_api_key_field: str = "zoom_app__Zoom_API_Key__c"
    keys_api_secret_field: str = "zoom_app__Zoom_API_Secret__c"  # noqa: S105 - a field's name
    cache_partition: str = "cache"
    connect_timeout_seconds: float = 5.0
    read_timeout_seconds: float = 20.0
    check_timeout_seconds: float = 50.0
    upgrade_timeout_seconds: float = 25.0
    keys_timeout_seconds: float = 20.0
    max_body_bytes: int = 5_000_000

    def __post_init__(self) -> None:
        """Check every value.

        Raises:
            InvalidSettings: One is malformed; the message names it.
        """
        self._check_api_version()
        self._check_domains()
        self.loopback()
        _expect(_NAMESPACE, "namespace", self.namespace)
        self._check_package_id()
        for name in (
            "keys_object",
            "keys_api_key_field",
            "keys_api_secret_field",
            "cache_partition",
        ):
            _expect(_API_NAME, name, getattr(self, name))
        for name in (
            "connect_timeout_seconds",
            "read_timeout_seconds",
            "check_timeout_seconds",
            "upgrade_timeout_seconds",
            "keys_timeout_seconds",
            "max_body_bytes",
        ):
            if not getattr(self, name) > 0:
                raise InvalidSettings(f"Salesforce setting {name} must be greater than 0.")

    def loopback(self) -> Loopback | None:
        """Where connections go instead of to the orgs, or None where they go to the orgs.

        Raises:
            InvalidSettings: The address is not one of this machine's loopback addresses.
        """
        return loopback_of(self.connect_to, setting="Salesforce setting connect_to")

    def _check_api_version(self) -> None:
        _expect(_API_VERSION, "api_version", self.api_version)
        if int(self.api_version.removesuffix(".0")) < _OLDEST_API_VERSION:
            raise InvalidSettings(
                f"Salesforce setting api_version is {self.api_version}; installed packages can be "
                f"asked for from {_OLDEST_API_VERSION}.0 on."
            )

    def _check_domains(self) -> None:
        if not self.allowed_domains:
            raise InvalidSettings("Salesforce setting allowed_domains is empty.")
        for domain in self.allowed_domains:
            _expect(_DOMAIN, "allowed_domains", domain)

    def _check_package_id(self) -> None:
        _expect(_PACKAGE_ID, "package_id", self.package_id)
        id15, suffix = self.package_id[:15], self.package_id[15:]
        if suffix and suffix != case_checksum(id15):
            raise _bad("package_id", self.package_id)


def api_name(name: str, value: str) -> str:
    """The name of an object or a field, fit to stand in a query.

    Raises:
        InvalidSettings: It is anything else; the message names the setting.
    """
    _expect(_API_NAME, name, value)
    return value


def _expect(pattern: re.Pattern[str], name: str, value: str) -> None:
    if pattern.fullmatch(value) is None:
        raise _bad(name, value)


def _bad(name: str, value: str) -> InvalidSettings:
    return InvalidSettings(f"Salesforce setting {name} cannot be {value[:80]!r}.")
