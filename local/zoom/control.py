"""The control API below ``/_simulator/``: JSON, for whoever runs the simulator as a process.

It answers on loopback hosts only. Secrets, codes of others and tokens never come out of it.
"""

from __future__ import annotations

import json
from typing import Final

from pydantic import TypeAdapter, ValidationError

from local.simulation.reply import Reply
from local.zoom import control_actions as actions
from local.zoom import event_actions, overview
from local.zoom.behaviour import Behaviour
from local.zoom.faults import Fault, Faults
from local.zoom.model import LOOPBACK_HOSTS, SimulatedZoom
from local.zoom.request import Incoming
from local.zoom.webhooks import Posting
from local.zoom.world import World

ROOT: Final = "/_simulator"
_FAULTS: Final = TypeAdapter(list[Fault])


def handle(world: World, incoming: Incoming) -> Reply | Posting:
    """Carry out a control request."""
    if incoming.host not in LOOPBACK_HOSTS:
        return _reply(403, {"error": "the control API answers on 127.0.0.1 only"})
    try:
        done = _dispatch(world, incoming)
        return done if isinstance(done, Reply | Posting) else _reply(200, done)
    except actions.ControlRefused as refused:
        return _reply(refused.status, {"error": str(refused)})
    except KeyError as error:
        return _reply(404, {"error": str(error.args[0])})
    except ValidationError as error:
        problems = error.errors(include_url=False, include_context=False, include_input=False)
        return _reply(422, {"error": "the document is not valid", "problems": problems})
    except ValueError as error:
        return _reply(422, {"error": str(error)})


def _dispatch(world: World, incoming: Incoming) -> object:
    parts = [part for part in incoming.path.split("/") if part][1:]
    match (incoming.method, parts):
        case (method, ["faults"]):
            return _faults(world.faults, method, incoming.body or b"null")
        case ("GET", _):
            return _read(world, parts)
        case ("PATCH", _):
            return _change(world, incoming, parts)
        case ("DELETE", _):
            return _end(world, incoming, parts)
        case (("POST" | "PUT"), _):
            return _act(world, incoming, parts)
    raise actions.ControlRefused(405, f"{incoming.method} is not for the control API")


def _read(world: World, parts: list[str]) -> object:
    match parts:
        case []:
            return overview.page(world)
        case ["accounts"]:
            return overview.accounts(world)
        case ["apps"]:
            return overview.apps(world)
        case ["grants"]:
            return overview.grants(world)
        case ["approvals"]:
            return overview.approvals(world)
        case ["behaviour"]:
            return world.behaviour.model_dump(mode="json")
        case ["requests"]:
            return overview.requests(world)
    raise actions.no_such_resource()


def _change(world: World, incoming: Incoming, parts: list[str]) -> object:
    changes = incoming.json()
    registry = world.registry
    match parts:
        case ["behaviour"]:
            world.change_behaviour(Behaviour.model_validate(changes))
            return world.behaviour.model_dump(mode="json")
        case ["accounts", which]:
            return actions.changed(registry.account(which), changes)
        case ["people", who]:
            return actions.changed(registry.member(who).person, changes)
        case ["apps", client_id]:
            return actions.changed(registry.app(client_id), changes)
    raise actions.no_such_resource()


def _act(world: World, incoming: Incoming, parts: list[str]) -> object:
    match (incoming.method, parts):
        case ("POST", ["world"]):
            world.load(SimulatedZoom.model_validate(incoming.json()))
            return {"accounts": len(world.registry.accounts), "apps": len(world.registry.apps)}
        case ("POST", ["reset"]):
            world.clear()
            return {"accounts": 0, "apps": 0}
        case ("POST", ["codes"]):
            return {"code": actions.issue_code(world, incoming.json())}
        case ("POST", ["apps", client_id, "webhook-validation"]):
            return event_actions.validate_webhook(world, world.registry.app(client_id))
        case ("POST", ["apps", client_id, "events"]):
            return event_actions.tell(world, client_id, incoming.order)
        case ("PUT", ["accounts", which, "pre-approvals", client_id]):
            return actions.approve(world, which, client_id)
    raise actions.no_such_resource()


def _end(world: World, incoming: Incoming, parts: list[str]) -> object:
    match parts:
        case ["requests"]:
            world.forget_requests()
            return overview.requests(world)
        case ["grants", client_id, who]:
            return actions.end_grant(world, client_id, who)
        case ["installs", client_id, who]:
            return event_actions.uninstall(world, client_id, who, incoming.json())
        case ["accounts", which, "pre-approvals", client_id]:
            return actions.withdraw(world, which, client_id)
    raise actions.no_such_resource()


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
            raise actions.ControlRefused(405, f"{method} is not for faults")
    return [fault.model_dump(mode="json", exclude_defaults=True) for fault in faults.active()]


def _reply(status: int, body: object) -> Reply:
    return Reply(status, json.dumps(body).encode())
