"""The REST and Tooling resources of an org, below ``/services/data``."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import Final

from local.salesforce import queries, sobjects
from local.salesforce.errors import ApiError, not_found
from local.salesforce.records import Viewer

ROOT: Final = "/services/data"
_OLDEST_VERSION: Final = 31
_SEASONS: Final = {0: "Spring", 1: "Summer", 2: "Winter"}
_NO_PARAMETERS: Final[dict[str, str]] = {}


@dataclass(slots=True)
class Answer:
    """What a resource answers: HTTP status, a JSON value (None: no body) and headers."""

    status: int
    body: object = None
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Call:
    """A request to a resource. ``body`` is bytes, or JSON that a composite request carried."""

    viewer: Viewer
    method: str
    path: str
    parameters: dict[str, str] = field(default_factory=lambda: dict(_NO_PARAMETERS))
    body: object = None

    def json(self) -> dict[str, object]:
        """Return the body as a JSON object.

        Raises:
            ApiError: It is not one.
        """
        body = self.body
        if isinstance(body, bytes | bytearray):
            try:
                body = json.loads(body)
            except ValueError as error:
                raise ApiError(400, "JSON_PARSER_ERROR", f"Unexpected content: {error}") from None
        if not isinstance(body, dict):
            raise ApiError(400, "JSON_PARSER_ERROR", "The request body must be a JSON object")
        return body


def handle(call: Call) -> Answer:
    """Carry out a request.

    Raises:
        ApiError: The platform refuses it.
    """
    parts = [part for part in call.path.split("/") if part]
    version, rest = _version(parts[2], call.viewer.org.document.api_version), parts[3:]
    if not rest:
        return _only(call, "GET", Answer(200, _resources(version)))
    tooling = rest[0] == "tooling"
    if tooling:
        rest = rest[1:]
        call = replace(call, viewer=replace(call.viewer, tooling=True))
    prefix = f"{ROOT}/{version}/tooling" if tooling else f"{ROOT}/{version}"
    match rest:
        case ["query" | "queryAll"]:
            text = call.parameters.get("q", "")
            columns = call.parameters.get("columns", "").lower() == "true"
            return _only(
                call,
                "GET",
                Answer(200, queries.answer(text, call.viewer, prefix, columns=columns)),
            )
        case ["query" | "queryAll", locator]:
            return _only(call, "GET", Answer(200, queries.next_page(locator, call.viewer, prefix)))
        case ["limits"] if not tooling:
            return _only(call, "GET", Answer(200, _limits(call.viewer)))
        case ["sobjects", *names]:
            return _sobject(call, names, prefix)
    raise not_found()


def versions(newest: str) -> list[dict[str, str]]:
    """Return the answer of ``GET /services/data``: every API version, oldest first."""
    return [
        {"label": _label(number), "url": f"{ROOT}/v{number}.0", "version": f"{number}.0"}
        for number in range(_OLDEST_VERSION, int(newest.partition(".")[0]) + 1)
    ]


def _label(number: int) -> str:
    # Three releases a year; Spring '26 is 66.0. Winter belongs to the coming year.
    year = 26 + (number - 66) // 3 + (number % 3 == 2)
    return f"{_SEASONS[number % 3]} '{year:02d}"


def _version(part: str, newest: str) -> str:
    number, _, minor = part.removeprefix("v").partition(".")
    if not part.startswith("v") or not number.isdigit() or minor != "0":
        raise not_found()
    if int(number) < _OLDEST_VERSION:
        raise ApiError(
            410, "UNSUPPORTED_API_VERSION", "The requested resource is no longer available (GONE)"
        )
    if int(number) > int(newest.partition(".")[0]):
        raise not_found()
    return part


def _resources(version: str) -> dict[str, str]:
    names = ("tooling", "query", "queryAll", "sobjects", "limits", "composite")
    return {name: f"{ROOT}/{version}/{name}" for name in names}


def _limits(viewer: Viewer) -> dict[str, dict[str, int]]:
    maximum = viewer.org.document.daily_api_limit
    return {
        "DailyApiRequests": {
            "Max": maximum,
            "Remaining": max(0, maximum - viewer.org.api_used),
        },
        "DataStorageMB": {"Max": 1024, "Remaining": 1000},
        "FileStorageMB": {"Max": 1024, "Remaining": 1000},
    }


def _only(call: Call, method: str, answer: Answer) -> Answer:
    if call.method != method:
        raise ApiError(
            405,
            "METHOD_NOT_ALLOWED",
            f"HTTP Method '{call.method}' not allowed. Allowed are {method}",
        )
    return answer


def _sobject(call: Call, names: list[str], prefix: str) -> Answer:
    viewer = call.viewer
    match (call.method, names):
        case ("GET", []):
            return Answer(200, sobjects.describe_global(viewer, prefix))
        case ("GET", [name]):
            return Answer(200, {"objectDescribe": sobjects.summary(viewer, name, prefix)})
        case ("GET", [name, "describe"]):
            return Answer(200, sobjects.describe(viewer, name, prefix))
        case ("GET", [name, record_id]):
            fields = call.parameters.get("fields")
            return Answer(200, sobjects.retrieve(viewer, name, record_id, fields, prefix))
        case ("POST", [name]):
            record_id = sobjects.create(viewer, name, call.json())
            location = {"Location": f"{prefix}/sobjects/{name}/{record_id}"}
            return Answer(201, {"id": record_id, "success": True, "errors": []}, location)
        case ("PATCH", [name, record_id]):
            sobjects.update(viewer, name, record_id, call.json())
            return Answer(204)
        case ("DELETE", [name, record_id]):
            sobjects.delete(viewer, name, record_id)
            return Answer(204)
    raise not_found()
