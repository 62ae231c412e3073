"""The part of the control API that shows, begins and ends installs."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from local.salesforce.document import Document
from local.salesforce.install_behaviour import InstallBehaviour
from local.salesforce.install_failures import InstallFailure
from local.salesforce.install_run import InstallRun
from local.salesforce.model import ZOOM_NAMESPACE, PublishedVersion
from local.salesforce.org import RunningOrg
from local.salesforce.versions import Version


class _Push(Document):
    kind: Literal["push"]
    version: Version
    namespace: str = ZOOM_NAMESPACE
    seconds: float = Field(default=0.0, ge=0)


class _ByHand(Document):
    kind: Literal["by_hand"]
    version_id: str
    username: str | None = None
    seconds: float = Field(default=0.0, ge=0)


class _Deployment(Document):
    kind: Literal["deployment"]
    seconds: float = Field(gt=0)


class _End(Document):
    error: str | None = None


type _Order = Annotated[_Push | _ByHand | _Deployment, Field(discriminator="kind")]
_ORDERS: TypeAdapter[_Order] = TypeAdapter(_Order)


def shown(org: RunningOrg) -> list[dict[str, object]]:
    """Return what runs and ran in an org, oldest first; installation keys are not kept."""
    return [_shown(org, run) for run in org.installs.runs]


def begin(org: RunningOrg, body: bytes) -> list[dict[str, object]]:
    """Let somebody else begin something in an org.

    Raises:
        ApiError: The version is not known.
        KeyError: The org has no such package or user.
        ValidationError: The body is not valid.
    """
    order = _ORDERS.validate_json(body)
    match order:
        case _Push():
            org.installs.push(order.version, seconds=order.seconds, namespace=order.namespace)
        case _ByHand():
            org.installs.by_hand(order.version_id, seconds=order.seconds, username=order.username)
        case _Deployment():
            org.installs.deploy(seconds=order.seconds)
    return shown(org)


def end(org: RunningOrg, request_id: str, body: bytes) -> list[dict[str, object]]:
    """End an install of an org.

    Raises:
        KeyError: No install of that id is running.
        ValidationError: The body is not valid.
    """
    order = _End() if body == b"null" else _End.model_validate_json(body)
    org.installs.end(request_id, error=order.error)
    return shown(org)


def behaviour(org: RunningOrg, method: str, body: bytes) -> dict[str, object]:
    """Return how installs go in an org; PUT sets it for the installs to come.

    Raises:
        ValidationError: The body is not valid.
    """
    if method == "PUT":
        org.document.install = InstallBehaviour.model_validate_json(body)
    return org.document.install.model_dump(mode="json", exclude_defaults=True)


def failures() -> dict[str, tuple[str, ...]]:
    """Return the messages of every named failure."""
    return {failure.value: failure.messages for failure in InstallFailure}


def version(published: PublishedVersion) -> dict[str, object]:
    """Return what can be told of a version: not its installation key."""
    return {
        "id": published.id,
        "namespace": published.namespace,
        "version": published.version,
        "needs_key": published.installation_key is not None,
    }


def _shown(org: RunningOrg, run: InstallRun) -> dict[str, object]:
    row = run.row or {}
    return {
        "kind": run.kind.value,
        "id": row.get("Id"),
        "version": run.version.version if run.version is not None else None,
        "began": org.timestamp(run.started_at),
        "ended": org.timestamp(run.ended_at) if run.ended_at is not None else None,
        "due": org.timestamp(run.due_at) if run.due_at is not None else None,
        "status": row.get("Status"),
        "errors": row.get("Errors"),
    }
