"""The composite resource: up to 25 requests in one, carried out by the ordinary resources.

Limits from the REST API guide: 25 subrequests, of which 5 may be queries; reference ids of
letters, digits and underscores. ``/composite`` takes sObject and query resources only, the Tooling
resources have a ``/tooling/composite`` of their own.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final
from urllib.parse import parse_qsl, unquote_plus, urlsplit

from local.salesforce import rest
from local.salesforce.errors import ApiError, not_found
from local.salesforce.faults import Faults
from local.salesforce.org import Row
from local.salesforce.secrecy import without_secrets

_MAX_SUBREQUESTS: Final = 25
_MAX_QUERIES: Final = 5
_METHODS: Final = frozenset(("GET", "POST", "PATCH", "PUT", "DELETE"))
_REFERENCE_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_]*")
_REFERENCE: Final = re.compile(r"@\{([A-Za-z0-9_]+)((?:[.\[][^}]*)?)\}")
_STEP: Final = re.compile(r"\.([A-Za-z0-9_]+)|\[(\d+)\]")
_RESOURCE: Final = re.compile(
    r"/services/data/v\d+\.0/(tooling/)?(query|queryAll|sobjects)(?=[/?]|$)"
)


def handle(call: rest.Call, faults: tuple[Faults, ...], *, tooling: bool) -> rest.Answer:
    """Carry out a composite request.

    Args:
        call: The request.
        faults: The faults that may hit single subrequests.
        tooling: Whether it is the composite resource of the Tooling API.

    Raises:
        ApiError: The request as a whole is refused.
    """
    if call.method != "POST":
        raise ApiError(405, "METHOD_NOT_ALLOWED", f"HTTP Method '{call.method}' not allowed")
    document = call.json()
    subrequests = _checked(document.get("compositeRequest"))
    all_or_none = document.get("allOrNone") is True
    state = call.viewer.org.keys.snapshot() if all_or_none else None
    results: dict[str, rest.Answer] = {}
    for one in subrequests:
        results[str(one["referenceId"])] = _subrequest(call, one, results, faults, tooling=tooling)
    if state is not None and any(answer.status >= 400 for answer in results.values()):
        call.viewer.org.keys.restore(state)
        results = {name: _rolled_back(answer) for name, answer in results.items()}
    return rest.Answer(
        200,
        {
            "compositeResponse": [
                {
                    "body": answer.body,
                    "httpHeaders": answer.headers,
                    "httpStatusCode": answer.status,
                    "referenceId": name,
                }
                for name, answer in results.items()
            ]
        },
    )


def targets(document: object) -> tuple[str, ...]:
    """Return method and address of each subrequest, for the log of requests."""
    if not isinstance(document, dict):
        return ()
    parts = document.get("compositeRequest")
    if not isinstance(parts, list):
        return ()
    return tuple(
        f"{one.get('method')} {without_secrets(str(one.get('url')))}"
        for one in parts
        if isinstance(one, dict)
    )


def _checked(subrequests: object) -> list[Row]:
    if not isinstance(subrequests, list) or not subrequests:
        raise ApiError(
            400, "JSON_PARSER_ERROR", "The compositeRequest property must be a non-empty array"
        )
    if len(subrequests) > _MAX_SUBREQUESTS:
        raise ApiError(
            400,
            "LIMIT_EXCEEDED",
            f"Number of composite subrequests must be less than or equal to {_MAX_SUBREQUESTS}",
        )
    seen: set[str] = set()
    for one in subrequests:
        _check(one, seen)
    queries = sum("/query" in str(one["url"]).partition("?")[0] for one in subrequests)
    if queries > _MAX_QUERIES:
        raise ApiError(
            400,
            "LIMIT_EXCEEDED",
            f"Number of query subrequests must be less than or equal to {_MAX_QUERIES}",
        )
    return subrequests


def _check(one: object, seen: set[str]) -> None:
    if not isinstance(one, dict):
        raise ApiError(400, "JSON_PARSER_ERROR", "A subrequest must be a JSON object")
    name, method, url = one.get("referenceId"), one.get("method"), one.get("url")
    if not isinstance(name, str) or not _REFERENCE_ID.fullmatch(name):
        raise ApiError(
            400,
            "JSON_PARSER_ERROR",
            f"Provided referenceId ('{name}') must start with a letter or a number, and it can"
            " contain only letters, numbers and underscores ('_').",
        )
    if name in seen:
        raise ApiError(400, "JSON_PARSER_ERROR", f"Duplicate ReferenceId provided: {name}")
    seen.add(name)
    if method not in _METHODS or not isinstance(url, str):
        raise ApiError(400, "JSON_PARSER_ERROR", f"Subrequest {name} needs a method and a url")


def _subrequest(
    call: rest.Call,
    one: Row,
    results: dict[str, rest.Answer],
    faults: tuple[Faults, ...],
    *,
    tooling: bool,
) -> rest.Answer:
    try:
        url = _resolved_text(str(one["url"]), results)
        for switched in faults:
            fault = switched.take_subrequest(unquote_plus(url), str(one["method"]))
            if fault is not None:
                raise ApiError(fault.status or 400, fault.error_code, fault.message)
        resource = _RESOURCE.match(url)
        if resource is None or bool(resource.group(1)) is not tooling:
            raise not_found()
        target = urlsplit(url)
        return rest.handle(
            replace(
                call,
                method=str(one["method"]),
                path=target.path,
                parameters=dict(parse_qsl(target.query)),
                body=_resolved(one.get("body"), results),
            )
        )
    except ApiError as error:
        return rest.Answer(error.status, error.body())


def _rolled_back(answer: rest.Answer) -> rest.Answer:
    if answer.status >= 400:
        return answer
    halted = ApiError(
        400,
        "PROCESSING_HALTED",
        "The transaction was rolled back since another operation in the same transaction failed.",
    )
    return rest.Answer(halted.status, halted.body())


def _resolved(value: object, results: dict[str, rest.Answer]) -> object:
    if isinstance(value, str):
        whole = _REFERENCE.fullmatch(value)
        return _looked_up(whole, results) if whole else _resolved_text(value, results)
    if isinstance(value, dict):
        return {name: _resolved(one, results) for name, one in value.items()}
    if isinstance(value, list):
        return [_resolved(one, results) for one in value]
    return value


def _resolved_text(text: str, results: dict[str, rest.Answer]) -> str:
    if "@{" not in text:
        return text
    return _REFERENCE.sub(lambda match: str(_looked_up(match, results)), text)


def _looked_up(match: re.Match[str], results: dict[str, rest.Answer]) -> object:
    name, path = match.group(1), match.group(2)
    answer = results.get(name)
    refusal = ApiError(
        400,
        "PROCESSING_HALTED",
        f"Invalid reference specified. No value for {name}{path} found in {name}.",
    )
    if answer is None or answer.status >= 400:
        raise refusal
    value = answer.body
    for step in _STEP.finditer(path):
        key, index = step.groups()
        if key is not None and isinstance(value, dict) and key in value:
            value = value[key]
        elif index is not None and isinstance(value, list) and int(index) < len(value):
            value = value[int(index)]
        else:
            raise refusal
    return value
