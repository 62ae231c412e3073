"""Proof that an org is connected: what was called, with which grant, and what that shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class ConnectionProbe:
    """Where the package may show that it is connected by itself.

    Nobody outside Zoom knows where the package keeps its own OAuth state, so there is no default:
    an operator who has found out names it here.

    Attributes:
        object_name: Object to look at, such as ``zoom_app__Zoom__c``.
        field: Field of it.
        expected: Value that means connected; empty where any value at all does.
    """

    object_name: str
    field: str
    expected: str = ""


class PackageConnection(StrEnum):
    """What is known of the connection that the package itself uses.

    ``NOT_PROBED``: no probe is configured. ``NOT_SHOWN``: the probe found no sign of it.
    ``UNREADABLE``: the integration user may not look there, or it does not exist.
    """

    PROVEN = "proven"
    NOT_SHOWN = "not_shown"
    UNREADABLE = "unreadable"
    NOT_PROBED = "not_probed"


@dataclass(frozen=True, slots=True)
class Verification:
    """One call to Zoom with an org's stored grant that was answered as it should be.

    Attributes:
        at: A moment before the call: what changed later was not proven by it.
        grant_version: Version of the tokens that were used.
        zoom_email: Whom Zoom said the grant belongs to.
        package: What was seen of the package's own connection at that time.
    """

    at: datetime
    grant_id: str
    grant_version: int
    zoom_account_id: str
    zoom_email: str
    package: PackageConnection = PackageConnection.NOT_PROBED
