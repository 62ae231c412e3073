"""The control API below ``/_simulator/``, for whoever runs the simulator as a process.

It answers on loopback hosts only, so that nothing that was made for an org's host reaches it.
"""

from __future__ import annotations

import json
from typing import Final

from pydantic import TypeAdapter, ValidationError

from local.salesforce import control_installs, control_keys
from local.salesforce.document import Document
from local.salesforce.errors import ApiError
from local.salesforce.exchange import Incoming
from local.salesforce.faults import Fault, Faults
from local.salesforce.model import (
    ZOOM_NAMESPACE,
    PublishedVersion,
    SimulatedOrg,
    SimulatedWorld,
)
from local.salesforce.org import RunningOrg
from local.salesforce.reply import Reply
from local.salesforce.versions import Version
from local.salesforce.world import LOOPBACK_HOSTS, World

ROOT: Final = "/_simulator"
_FAULTS: Final = TypeAdapter(list[Fault])
_VERSIONS: Final = TypeAdapter(list[PublishedVersion])


class _PackageChange(Document):
    version: Version
    namespace: str = ZOOM_NAMESPACE
    beta: bool = False


class _RefusedError(Exception):
    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


def handle(world: World, incoming: Incoming) -> Reply:
    """Carry out a control request."""
    if incoming.host not in LOOPBACK_HOSTS:
        return _reply(403, {"error": "the control API answers on 127.0.0.1 only"})
    try:
        return _reply(200, _dispatch(world, incoming))
    except _RefusedError as refused:
        return _reply(refused.status, {"error": str(refused)})
    except control_keys.NoSuchControl:
        return _reply(404, {"error": "no such control resource"})
    except KeyError as error:
        return _reply(404, {"error": str(error.args[0])})
    except ApiError as error:
        return _reply(422, {"error": str(error)})
    except ValidationError as error:
        # Without the input: it may hold an installation key.
        problems = error.errors(include_url=False, include_context=False, include_input=False)
        return _reply(422, {"error": "the document is not valid", "problems": problems})
    except ValueError as error:
        return _reply(422, {"error": str(error)})


def _dispatch(world: World, incoming: Incoming) -> object:
    parts = [part for part in incoming.path.split("/") if part][1:]
    body = incoming.body or b"null"
    match parts:
        case ["faults"]:
            return _faults(world.faults, incoming.method, body)
        case ["requests"]:
            return _requests(world, incoming.method)
        case ["orgs", host, *rest]:
            return _org(world, incoming.method, host, rest, body)
    return _world(world, incoming.method, parts, body)


def _world(world: World, method: str, parts: list[str], body: bytes) -> object:
    match (method, parts):
        case ("GET", []):
            return _everything(world)
        case ("GET", ["orgs"]):
            return [_summary(org) for org in world.orgs]
        case ("GET", ["install-failures"]):
            return control_installs.failures()
        case ("POST", ["world"]):
            world.load(SimulatedWorld.model_validate_json(body))
            return {"orgs": len(world.orgs)}
        case ("POST", ["published-versions"]):
            versions = _VERSIONS.validate_json(body)
            world.publish(*versions)
            return [version.id for version in versions]
        case ("POST", ["reset"]):
            world.clear()
            return {"orgs": 0}
    raise _RefusedError(404, "no such control resource")


def _org(world: World, method: str, host: str, rest: list[str], body: bytes) -> object:
    match (method, rest):
        case ("GET", []):
            return _summary(world.org(host))
        case ("PUT", []):
            document = SimulatedOrg.model_validate_json(body)
            if document.host != host.lower():
                raise _RefusedError(422, f"the document is about {document.host}, not {host}")
            return _summary(world.add(document))
        case ("DELETE", []):
            world.remove(host)
            return {"removed": host}
        case (_, ["faults"]):
            return _faults(world.org(host).faults, method, body)
        case ("PUT", ["package"]):
            change = _PackageChange.model_validate_json(body)
            org = world.org(host)
            org.set_package_version(change.version, namespace=change.namespace, beta=change.beta)
            return _summary(org)
        case ("DELETE", ["sessions"]):
            world.org(host).revoke_sessions()
            return {"revoked": True}
    return _installs(world.org(host), method, rest, body)


def _installs(org: RunningOrg, method: str, rest: list[str], body: bytes) -> object:
    match (method, rest):
        case ("GET" | "PUT", ["install"]):
            return control_installs.behaviour(org, method, body)
        case ("GET", ["installs"]):
            return control_installs.shown(org)
        case ("POST", ["installs"]):
            return control_installs.begin(org, body)
        case ("POST", ["installs", request_id, "end"]):
            return control_installs.end(org, request_id, body)
    return control_keys.handle(org, method, rest, body)


def _faults(faults: Faults, method: str, body: bytes) -> object:
    match method:
        case "GET":
            pass
        case "PUT":
            faults.replace(_FAULTS.validate_json(body))
        case "POST":
            faults.add(*_FAULTS.validate_json(body))
        case "DELETE":
            faults.clear()
        case _:
            raise _RefusedError(405, f"{method} is not for faults")
    return [fault.model_dump(mode="json", exclude_defaults=True) for fault in faults.active()]


def _everything(world: World) -> dict[str, object]:
    return {
        "orgs": [_summary(org) for org in world.orgs],
        "published_versions": [control_installs.version(one) for one in world.published.values()],
        "requests": _requests(world, "GET"),
    }


def _summary(org: RunningOrg) -> dict[str, object]:
    """Return what can be known of an org from outside; key values stay in it."""
    document = org.document
    return {
        "host": org.host,
        "org_id": org.org_id,
        "name": document.name,
        "sandbox": document.sandbox,
        "usernames": [user.username for user in document.users],
        "packages": {one.namespace: one.version for one in document.packages},
        "key_rows": len(org.key_rows),
        "connected": document.connection.connected,
        "api_used": org.api_used,
        "installs": control_installs.shown(org),
        "faults": [fault.kind for fault in org.faults.active()],
    }


def _requests(world: World, method: str) -> object:
    if method == "DELETE":
        world.forget_requests()
    elif method != "GET":
        raise _RefusedError(405, f"{method} is not for requests")
    by_phase: dict[str, int] = {}
    by_org: dict[str, int] = {}
    for (org, phase), count in world.counts.items():
        by_phase[phase] = by_phase.get(phase, 0) + count
        by_org[org or ""] = by_org.get(org or "", 0) + count
    return {"total": sum(by_phase.values()), "by_phase": by_phase, "by_org": by_org}


def _reply(status: int, body: object) -> Reply:
    # Indented, because people look at it in a browser.
    return Reply(status, json.dumps(body, indent=2).encode())
