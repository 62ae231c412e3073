"""The stores that several functions work with."""

from __future__ import annotations

from typing import Final

from zoom_migrator.adapters.aws import client_config
from zoom_migrator.adapters.dynamodb.table import Table
from zoom_migrator.adapters.s3 import S3ManifestStore
from zoom_migrator.bootstrap.clients import client

_FEW_CONNECTIONS: Final = 10


def table(name: str, *, max_connections: int = _FEW_CONNECTIONS) -> Table:
    """The product's table, for as many calls at the same time as there are connections."""
    # The codecs make well-formed requests; checking them again costs a tenth of a scan's CPU.
    config = client_config(max_connections=max_connections, check_parameters=False)
    return Table(client("dynamodb", config), name)


def manifests(bucket: str) -> S3ManifestStore:
    """The manifests of scans."""
    config = client_config(max_connections=_FEW_CONNECTIONS)
    return S3ManifestStore(client("s3", config), bucket)
