"""Whatever happens in an org, when somebody looks makes no difference, and no key gets out."""

from __future__ import annotations

import threading
from urllib.parse import urlencode

from hypothesis import given
from hypothesis import strategies as st

from local.salesforce import (
    Collision,
    InstallBehaviour,
    InstallFailure,
    PublishedVersion,
    RunningOrg,
    SimulatedOrg,
)
from local.salesforce.errors import ApiError
from local.salesforce.secrecy import without_secrets
from tests.local.clients import FixedClock

VERSIONS = {
    one.id: one for one in (PublishedVersion(version=f"3.{minor}") for minor in range(24, 30))
}
SECONDS = st.integers(0, 60).map(float)
REQUEST = st.builds(
    InstallBehaviour,
    seconds=SECONDS,
    version_lag_seconds=SECONDS,
    failure=st.none() | st.sampled_from(InstallFailure),
    collision=st.sampled_from(Collision),
    never_ends=st.booleans(),
)
LONG_ENOUGH = 150.0
STEPS = st.lists(
    st.tuples(SECONDS, st.sampled_from(sorted(VERSIONS)), SECONDS | REQUEST), max_size=8
)


@given(STEPS)
def test_looking_at_an_org_changes_nothing(
    steps: list[tuple[float, str, float | InstallBehaviour]],
) -> None:
    assert _history(steps, look=True)[-1] == _history(steps, look=False)[-1]


@given(STEPS)
def test_a_version_never_goes_back(
    steps: list[tuple[float, str, float | InstallBehaviour]],
) -> None:
    seen = [minor for minor, _ in _history(steps, look=True)]
    assert seen == sorted(seen)


@given(
    st.text(st.characters(categories=("L", "N")), min_size=5, max_size=40),
    st.sampled_from(["= '{}'", " ='{}'", "='a\\'{}'", " IN ('{}')", " != '{}'", " LIKE '{}%'"]),
    st.sampled_from(["InstallationKey", "installationkey", "INSTALLATIONKEY"]),
)
def test_no_key_gets_into_the_log(key: str, condition: str, field: str) -> None:
    query = f"SELECT Id FROM SubscriberPackageVersion WHERE {field}{condition.format(key + '#')}"  # noqa: S608
    logged = without_secrets(f"/services/data/v62.0/tooling/query?{urlencode({'q': query})}")
    assert "InstallationKey".lower() in logged.lower()
    assert urlencode({"": key + "#"})[1:] not in logged


def _history(
    steps: list[tuple[float, str, float | InstallBehaviour]], *, look: bool
) -> list[tuple[int, list[object]]]:
    """Return what is seen of an org in each second, or only in the end."""
    clock = FixedClock()
    org = RunningOrg(
        SimulatedOrg(host="acme.my.salesforce.com"),
        clock=clock,
        lock=threading.RLock(),
        published=dict(VERSIONS),
    )
    seen: list[tuple[int, list[object]]] = []
    for pause, version_id, how in [*steps, (LONG_ENOUGH, "", 0.0)]:
        if version_id:
            _begin(org, version_id, how)
        for _ in range(int(pause) if look else 0):
            clock.advance(1)
            seen.append(_seen(org))
        clock.advance(0 if look else pause)
    return [*seen, _seen(org)]


def _begin(org: RunningOrg, version_id: str, how: float | InstallBehaviour) -> None:
    if not isinstance(how, InstallBehaviour):
        org.installs.push(VERSIONS[version_id].version, seconds=how)
        return
    org.document.install = how.model_copy()
    try:
        org.installs.create({"SubscriberPackageVersionKey": version_id}, org.user())
    except ApiError:
        return


def _seen(org: RunningOrg) -> tuple[int, list[object]]:
    return org.package().number.minor, [row["Status"] for row in org.installs.rows()]
