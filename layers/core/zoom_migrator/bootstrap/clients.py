"""Clients of AWS, from the credentials and the region of the execution environment."""

from __future__ import annotations

from functools import cache
from typing import Any

from botocore.config import Config
from botocore.session import Session, get_session


def client(service: str, config: Config) -> Any:
    """A client of a service; the adapter that takes it says in its types of which.

    It comes from botocore itself: what boto3 adds (resources, file transfers) is used by no
    function, and would cost each of them 20 ms of importing and 10 more for its first client.
    """
    return _session().create_client(service, config=config)


@cache
def _session() -> Session:
    """One for all clients, so that what they have in common is read once."""
    return get_session()
