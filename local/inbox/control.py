"""The control API below ``/_simulator/``: JSON, for whoever runs the inbox as a process."""

from __future__ import annotations

import json
from typing import Final
from urllib.parse import parse_qsl, urlsplit

from pydantic import TypeAdapter, ValidationError

from local.inbox.faults import Fault, Faults
from local.inbox.mail import Mailbox, ReceivedMail
from local.simulation.reply import Reply

ROOT: Final = "/_simulator"
_FAULTS: Final = TypeAdapter(list[Fault])


def handle(mailbox: Mailbox, faults: Faults, method: str, target: str, body: bytes) -> Reply:
    """Carry out a control request."""
    parts = urlsplit(target)
    try:
        match method, parts.path.rstrip("/").split("/")[2:]:
            case "GET", ["mails"]:
                address = dict(parse_qsl(parts.query)).get("to", "")
                return _reply(200, [_shown(mail) for mail in mailbox.of(address)])
            case "DELETE", ["mails"]:
                mailbox.clear()
                return _reply(200, [])
            case "GET", ["faults"]:
                pass
            case "PUT", ["faults"]:
                faults.replace(_FAULTS.validate_json(body or b"null"))
            case "DELETE", ["faults"]:
                faults.replace(())
            case _:
                return _reply(404, {"error": "there is no such resource"})
    except ValidationError as error:
        problems = error.errors(include_url=False, include_context=False, include_input=False)
        return _reply(422, {"error": "the document is not valid", "problems": problems})
    return _reply(200, [fault.model_dump(mode="json") for fault in faults.active()])


def _shown(mail: ReceivedMail) -> dict[str, object]:
    return {
        "id": mail.mail_id,
        "from": mail.sender,
        "to": list(mail.recipients),
        "subject": mail.subject,
        "text": mail.text,
        "html": mail.html,
        "headers": mail.headers,
    }


def _reply(status: int, body: object) -> Reply:
    return Reply(status, json.dumps(body).encode())
