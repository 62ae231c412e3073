"""Contestants that people use today: simple-salesforce and the sf CLI."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from benchmarks.measure import Measurement, measure
from benchmarks.order import Member, Order, WrongAnswer, expect_version

_NAMESPACE: Final = "zoom_app"
_VERSION: Final = ("MajorVersion", "MinorVersion", "PatchVersion", "BuildNumber")
_COMMAND_SECONDS: Final = 120
_SF_SETTINGS: Final = {
    "SF_DISABLE_TELEMETRY": "true",
    "SF_AUTOUPDATE_DISABLE": "true",
    "SF_SKIP_NEW_VERSION_CHECK": "true",
    "SF_DISABLE_LOG_FILE": "true",
    "SF_USE_GENERIC_UNIX_KEYCHAIN": "true",
}


def plain_loop(order: Order) -> Measurement:
    """simple-salesforce as its README shows it: one object an org, one org after the other."""
    _connect_to_simulator(order)

    def work() -> None:
        for member in order.members:
            _ask(order, member)

    return measure(len(order.members), work)


def plain_loop_with_threads(order: Order) -> Measurement:
    """The same in a thread pool."""
    _connect_to_simulator(order)

    def work() -> None:
        with ThreadPoolExecutor(order.threads) as pool:
            list(pool.map(lambda member: _ask(order, member), order.members))

    return measure(len(order.members), work)


def _ask(order: Order, member: Member) -> None:
    from simple_salesforce.api import Salesforce

    client = Salesforce(
        username=member.username,
        consumer_key=order.consumer_key,
        privatekey_file=order.private_key,
    )
    fields = ", ".join(f"SubscriberPackageVersion.{name}" for name in _VERSION)
    soql = (
        f"SELECT SubscriberPackage.NamespacePrefix, {fields}"  # noqa: S608 - fixed names
        " FROM InstalledSubscriberPackage"
    )
    answer = client.toolingexecute(f"query/?q={quote(soql)}")
    expect_version(_version_in(answer["records"]), order, member.host)


def _version_in(rows: Sequence[dict[str, Any]]) -> str:
    for row in rows:
        if row["SubscriberPackage"]["NamespacePrefix"] == _NAMESPACE:
            version = row["SubscriberPackageVersion"]
            return ".".join(str(version[name]) for name in _VERSION)
    return ""


def _connect_to_simulator(order: Order) -> None:
    """Lead every connection to the simulator, as a name server would, and trust its authority.

    The client itself stays as it is: it loads as many public authorities as always.
    """
    import simple_salesforce.api  # noqa: F401 - so that its import is not measured
    from urllib3.util import connection

    os.environ["REQUESTS_CA_BUNDLE"] = order.trusted
    connect: Callable[..., socket.socket] = connection.create_connection

    def create_connection(_address: object, *args: Any, **options: Any) -> socket.socket:
        return connect(("127.0.0.1", order.port), *args, **options)

    connection.create_connection = create_connection  # type: ignore[assignment]


def sf_list(order: Order) -> Measurement:
    """``sf package installed list`` in a loop; each org's session is given to it."""
    with tempfile.TemporaryDirectory(prefix="benchmark-sf-") as home:

        def work() -> None:
            for member in order.members:
                _sf(order, member, home)

        return measure(len(order.members), work)


def _sf(order: Order, member: Member, home: str) -> None:
    path = os.environ["PATH"]
    command = [shutil.which("sf", path=path) or "sf", "package", "installed", "list", "--json"]
    done = subprocess.run(  # noqa: S603 - the CLI that was found before
        [*command, "--target-org", member.token],
        cwd=home,
        env={
            **_SF_SETTINGS,
            "HOME": home,
            "PATH": path,
            "LANG": "C.UTF-8",
            "SF_ORG_INSTANCE_URL": order.address,
            "NODE_EXTRA_CA_CERTS": str(Path(order.authority)),
        },
        capture_output=True,
        text=True,
        timeout=_COMMAND_SECONDS,
        check=False,
    )
    if done.returncode != 0:
        raise WrongAnswer(f"sf: {done.stdout[-300:]} {done.stderr[-300:]}")
    found = {
        one["SubscriberPackageNamespace"]: one["SubscriberPackageVersionNumber"]
        for one in json.loads(done.stdout)["result"]
    }
    expect_version(found.get(_NAMESPACE, ""), order, member.host)
