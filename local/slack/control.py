"""The control API below ``/_simulator/``: JSON, for whoever runs the simulator as a process.

It answers on loopback hosts only. Secrets never come out of it.
"""

from __future__ import annotations

import json
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from local.simulation.reply import Reply
from local.slack import presses
from local.slack.faults import Fault
from local.slack.messages import PostedMessage
from local.slack.model import LOOPBACK_HOSTS, SimulatedSlack
from local.slack.presses import Press
from local.slack.request import Incoming
from local.slack.world import World

ROOT: Final = "/_simulator"
_FAULTS: Final = TypeAdapter(list[Fault])


class PressOrder(BaseModel):
    """A button that somebody is to press; the newest message that has it, unless ``ts`` says."""

    model_config = ConfigDict(extra="forbid")

    channel: str
    action_id: str
    ts: str = ""
    person: str = ""
    forged: bool = False
    age_seconds: int = 0


class Told:
    """A press to be posted, and the answer that whoever ordered it gets then."""

    def __init__(self, message: PostedMessage, press: Press) -> None:
        """Take the message and what is posted."""
        self.press = press
        self._message = message

    def then(self, trouble: str) -> Reply:
        """Return what Slack says to whoever pressed."""
        self._message.tell(trouble)
        return _reply(200, {"trouble": trouble, "ts": self._message.ts})


def handle(world: World, incoming: Incoming) -> Reply | Told:
    """Carry out a control request."""
    if incoming.host not in LOOPBACK_HOSTS:
        return _reply(403, {"error": "the control API answers on 127.0.0.1 only"})
    try:
        done = _dispatch(world, incoming)
        return done if isinstance(done, Told) else _reply(200, done)
    except KeyError as error:
        return _reply(404, {"error": str(error.args[0])})
    except ValidationError as error:
        problems = error.errors(include_url=False, include_context=False, include_input=False)
        return _reply(422, {"error": "the document is not valid", "problems": problems})
    except ValueError as error:
        return _reply(422, {"error": str(error)})


def _dispatch(world: World, incoming: Incoming) -> object:
    parts = [part for part in incoming.path.split("/") if part][1:]
    if parts == ["faults"]:
        return _faults(world, incoming)
    if incoming.method == "GET":
        return _read(world, parts)
    return _act(world, incoming, parts)


def _read(world: World, parts: list[str]) -> object:
    match parts:
        case ["messages"]:
            return [_shown(world, message) for message in world.messages.all]
        case ["requests"]:
            return [{"what": one.what, "status": one.status} for one in world.recorded]
    raise KeyError("there is no such resource")


def _act(world: World, incoming: Incoming, parts: list[str]) -> object:
    match incoming.method, parts:
        case "DELETE", ["messages"]:
            world.clear_messages()
            return []
        case "POST", ["world"]:
            world.load(SimulatedSlack.model_validate(incoming.json()))
            return {"channels": len(world.document.channels)}
        case "PATCH", ["app"]:
            return _changed(world.document.app, incoming.json())
        case "PATCH", ["channels", name]:
            return _changed(_channel(world, name), incoming.json())
        case "POST", ["presses"]:
            return _pressed(world, PressOrder.model_validate(incoming.json()))
    raise KeyError("there is no such resource")


def newest_with(world: World, channel_id: str, action_id: str, ts: str = "") -> PostedMessage:
    """Return the newest message with a button.

    Raises:
        KeyError: There is none.
    """
    for message in reversed(world.messages.of(channel_id)):
        if message.button(action_id) is not None and ts in ("", message.ts):
            return message
    raise KeyError(f"no message has a button {action_id}")


def _pressed(world: World, order: PressOrder) -> Told:
    channel_id = _channel(world, order.channel).channel_id
    message = newest_with(world, channel_id, order.action_id, order.ts)
    person = world.document.person(order.person) or world.document.people[0]
    return Told(
        message,
        presses.press(
            world,
            message,
            order.action_id,
            person,
            forged=order.forged,
            age_seconds=order.age_seconds,
        ),
    )


def _channel(world: World, name: str) -> Any:
    channel = world.document.channel(name)
    if channel is None:
        raise KeyError(f"there is no channel {name}")
    return channel


def _changed(part: BaseModel, changes: object) -> object:
    if not isinstance(changes, dict):
        raise ValueError("a JSON object is expected")
    for name, value in changes.items():
        if name not in type(part).model_fields:
            raise ValueError(f"there is no {name}")
        setattr(part, name, value)
    hidden = {"bot_token", "signing_secret", "webhook_secret"}
    return part.model_dump(mode="json", exclude=hidden)


def _faults(world: World, incoming: Incoming) -> object:
    match incoming.method:
        case "GET":
            pass
        case "PUT":
            world.faults.replace(_FAULTS.validate_json(incoming.body or b"null"))
        case "POST":
            world.faults.add(*_FAULTS.validate_json(incoming.body or b"null"))
        case "DELETE":
            world.faults.clear()
        case method:
            raise ValueError(f"{method} is not for faults")
    return [fault.model_dump(mode="json", exclude_defaults=True) for fault in world.faults.active()]


def _shown(world: World, message: PostedMessage) -> dict[str, object]:
    channel = world.document.channel(message.channel_id)
    return {
        "channel": channel.name if channel else "",
        "ts": message.ts,
        "text": message.text,
        "blocks": message.blocks,
        "edited": message.is_edited,
        "trouble": message.trouble,
    }


def _reply(status: int, body: object) -> Reply:
    return Reply(status, json.dumps(body).encode())
