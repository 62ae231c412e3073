"""Runs a parsed query over the rows of an org, with the platform's checks and error texts."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

from local.salesforce.errors import ApiError
from local.salesforce.ids import is_record_id, to_18
from local.salesforce.org import Row
from local.salesforce.records import Viewer, unknown_exception
from local.salesforce.schema import OBJECTS, FieldType, ObjectType
from local.salesforce.soql_parser import (
    Both,
    Comparison,
    Condition,
    Either,
    FieldPath,
    Literal,
    Negation,
    Ordering,
    Query,
    SoqlError,
    parse,
)

_REFERENCE_HINT: Final = (
    "Please reference your WSDL or the describe call for the appropriate names."
)
_MAX_OFFSET: Final = 2_000


@dataclass(frozen=True, slots=True)
class Result:
    """The records of a query, with only the fields that were asked for."""

    object_type: ObjectType
    query: Query
    records: list[Row]
    total: int


def run(text: str, viewer: Viewer, record_root: str) -> Result:
    """Run a query for a viewer.

    Args:
        text: The SOQL.
        viewer: Whose view of which org, and through which API.
        record_root: Path before the object name in record addresses.

    Raises:
        ApiError: The query is malformed, or names what the viewer cannot see.
    """
    try:
        return _run(parse(text), viewer, record_root)
    except SoqlError as error:
        raise ApiError(400, error.code, error.worded(text)) from error


def _run(query: Query, viewer: Viewer, record_root: str) -> Result:
    object_type = _object_type(query, viewer)
    ids = _asked_ids(query.where)
    if object_type.only_by_id and ids is None:
        raise SoqlError(
            "MALFORMED_QUERY",
            "Implementation restriction: You can only perform queries of the form Id = <ID>"
            f" or Id IN (<ID>, ...) on {object_type.name}.",
        )
    _check(query, object_type, viewer)
    if _joins_versions(query, object_type) and viewer.joined_versions_fail():
        raise unknown_exception(viewer.org)
    key, where = _key_and_rest(query.where)
    viewer = replace(viewer, installation_key=key)
    rows = [row for row in viewer.rows(object_type, ids) if _holds(where, row)]
    for ordering in reversed(query.order_by):
        rows = _sorted(rows, ordering)
    total = len(rows[query.offset :])
    if query.limit is not None:
        total = min(total, query.limit)
    rows = rows[query.offset : query.offset + total]
    if query.counting:
        return Result(object_type, query, [], total)
    return Result(
        object_type, query, [_record(query, object_type, row, record_root) for row in rows], total
    )


def _object_type(query: Query, viewer: Viewer) -> ObjectType:
    found = viewer.object_type(query.object_name)
    if found is None:
        raise SoqlError(
            "INVALID_TYPE",
            f"sObject type '{query.object_name}' is not supported. If you are attempting to use a"
            f" custom object, be sure to append the '__c' after the entity name. {_REFERENCE_HINT}",
            query.object_position,
        )
    return found


def _asked_ids(condition: Condition | None) -> frozenset[str] | None:
    """Return the ids that a condition narrows the answer to, or None if it does not."""
    if isinstance(condition, Both):
        return next((ids for one in condition.conditions if (ids := _asked_ids(one))), None)
    if not isinstance(condition, Comparison) or condition.operator not in ("=", "in"):
        return None
    if tuple(part.lower() for part in condition.field.parts) != ("id",):
        return None
    return frozenset(to_18(one) for one in condition.values if isinstance(one, str))


def _key_and_rest(condition: Condition | None) -> tuple[str | None, Condition | None]:
    """Take the installation key out of a condition: it opens a version and filters nothing."""
    conditions = condition.conditions if isinstance(condition, Both) else (condition,)
    keys = [one for one in conditions if isinstance(one, Comparison) and _is_key(one)]
    if not keys:
        return None, condition
    rest = tuple(one for one in conditions if one is not None and one not in keys)
    value = keys[0].values[0]
    return value if isinstance(value, str) else None, Both(rest) if rest else None


def _is_key(comparison: Comparison) -> bool:
    name = comparison.field.parts[-1].lower()
    return comparison.operator == "=" and name == "installationkey"


def _check(query: Query, object_type: ObjectType, viewer: Viewer) -> None:
    for item in query.fields:
        if isinstance(item, Query):
            _check_child(item, object_type, viewer)
        else:
            _field_type(item, object_type, viewer)
    for ordering in query.order_by:
        _field_type(ordering.field, object_type, viewer)
    _check_condition(query.where, object_type, viewer)
    if query.offset > _MAX_OFFSET:
        raise SoqlError("NUMBER_OUTSIDE_VALID_RANGE", "Maximum SOQL offset allowed is 2000")


def _check_child(child: Query, object_type: ObjectType, viewer: Viewer) -> None:
    relation = object_type.children.get(child.object_name.lower())
    if relation is None:
        raise SoqlError(
            "INVALID_TYPE",
            f"Didn't understand relationship '{child.object_name}' in FROM part of query call. If"
            " you are attempting to use a custom relationship, be sure to append the '__r' after"
            f" the custom relationship name. {_REFERENCE_HINT}",
            child.object_position,
        )
    _check(child, OBJECTS[relation.target.lower()], viewer)


def _field_type(path: FieldPath, object_type: ObjectType, viewer: Viewer) -> FieldType:
    parts = path.parts
    # The object's own name may stand before a field.
    if len(parts) > 1 and parts[0].lower() == object_type.name.lower():
        parts = parts[1:]
    for part in parts[:-1]:
        relation = object_type.parents.get(part.lower())
        if relation is None:
            raise SoqlError(
                "INVALID_FIELD",
                f"Didn't understand relationship '{part}' in field path. If you are attempting to"
                " use a custom relationship, be sure to append the '__r' after the custom"
                f" relationship name. {_REFERENCE_HINT}",
                path.position,
            )
        object_type = OBJECTS[relation.target.lower()]
    name = parts[-1].lower()
    found = object_type.fields.get(name)
    if found is None or name in viewer.hidden_fields(object_type):
        raise SoqlError(
            "INVALID_FIELD",
            f"No such column '{parts[-1]}' on entity '{object_type.name}'. If you are attempting"
            " to use a custom field, be sure to append the '__c' after the custom field name."
            f" {_REFERENCE_HINT}",
            path.position,
        )
    return found


def _check_condition(condition: Condition | None, object_type: ObjectType, viewer: Viewer) -> None:
    match condition:
        case None:
            return
        case Both() | Either():
            for one in condition.conditions:
                _check_condition(one, object_type, viewer)
        case Negation():
            _check_condition(condition.condition, object_type, viewer)
        case Comparison():
            _check_comparison(condition, _field_type(condition.field, object_type, viewer))


def _check_comparison(comparison: Comparison, field: FieldType) -> None:
    name = comparison.field.parts[-1]
    if field.type in ("id", "reference"):
        for value in comparison.values:
            if isinstance(value, str) and not is_record_id(value):
                raise SoqlError(
                    "INVALID_QUERY_FILTER_OPERATOR",
                    f"invalid ID field: {value}",
                    comparison.position,
                )
        return
    if field.type == "complexvalue":
        raise SoqlError(
            "INVALID_FIELD",
            f"field '{name}' can not be filtered in a query call",
            comparison.field.position,
        )
    plain = field.type in ("boolean", "int", "datetime")
    if plain and comparison.quoted:
        raise SoqlError(
            "INVALID_FIELD",
            f"value of filter criterion for field '{name}' must be of type {field.type} and should"
            " not be enclosed in quotes",
            comparison.position,
        )
    bare = any(value is not None for value in comparison.values) and not comparison.quoted
    if not plain and bare:
        raise SoqlError(
            "INVALID_FIELD",
            f"value of filter criterion for field '{name}' must be of type {field.type} and should"
            " be enclosed in quotes",
            comparison.position,
        )


def _joins_versions(query: Query, object_type: ObjectType) -> bool:
    if object_type.name != "InstalledSubscriberPackage":
        return False
    return any(
        isinstance(item, FieldPath)
        and len(item.parts) > 1
        and item.parts[-2].lower() == "subscriberpackageversion"
        for item in query.fields
    )


def _value(row: Row | None, path: FieldPath) -> object:
    value: object = row
    for part in path.parts:
        if not isinstance(value, dict):
            return None
        value = _member(value, part)
    return value


def _member(row: Row, name: str) -> object:
    if name in row:
        return row[name]
    wanted = name.lower()
    # A leading object name leads back to the row itself.
    return next((value for key, value in row.items() if key.lower() == wanted), row)


def _holds(condition: Condition | None, row: Row) -> bool:
    match condition:
        case None:
            return True
        case Both():
            return all(_holds(one, row) for one in condition.conditions)
        case Either():
            return any(_holds(one, row) for one in condition.conditions)
        case Negation():
            return not _holds(condition.condition, row)
        case Comparison():
            return _OPERATORS[condition.operator](_value(row, condition.field), condition.values)


def _comparable(value: object) -> object:
    if isinstance(value, str):
        return to_18(value) if is_record_id(value) else value.casefold()
    return value


def _equal(value: object, wanted: tuple[Literal, ...]) -> bool:
    return any(_comparable(value) == _comparable(one) for one in wanted)


def _ordered(test: Callable[[int], bool]) -> Callable[[object, tuple[Literal, ...]], bool]:
    def compare(value: object, wanted: tuple[Literal, ...]) -> bool:
        left, right = _comparable(value), _comparable(wanted[0])
        if isinstance(left, str) and isinstance(right, str):
            return test((left > right) - (left < right))
        if isinstance(left, int | float) and isinstance(right, int | float):
            return test((left > right) - (left < right))
        return False

    return compare


def _like(value: object, wanted: tuple[Literal, ...]) -> bool:
    pattern = wanted[0]
    if not isinstance(value, str) or not isinstance(pattern, str):
        return False
    return _like_pattern(pattern).fullmatch(value) is not None


@lru_cache(maxsize=512)
def _like_pattern(pattern: str) -> re.Pattern[str]:
    parts = re.findall(r"\\.|.", pattern, re.DOTALL)
    wildcards = {"%": ".*", "_": "."}
    body = "".join(
        re.escape(part[1]) if part.startswith("\\") else wildcards.get(part, re.escape(part))
        for part in parts
    )
    return re.compile(body, re.IGNORECASE | re.DOTALL)


_OPERATORS: Final[dict[str, Callable[[object, tuple[Literal, ...]], bool]]] = {
    "=": _equal,
    "in": _equal,
    "!=": lambda value, wanted: not _equal(value, wanted),
    "not in": lambda value, wanted: not _equal(value, wanted),
    "<": _ordered(lambda order: order < 0),
    "<=": _ordered(lambda order: order <= 0),
    ">": _ordered(lambda order: order > 0),
    ">=": _ordered(lambda order: order >= 0),
    "like": _like,
}


def _sorted(rows: list[Row], ordering: Ordering) -> list[Row]:
    filled = [row for row in rows if _value(row, ordering.field) is not None]
    empty = [row for row in rows if _value(row, ordering.field) is None]
    filled.sort(key=lambda row: _sort_key(row, ordering), reverse=ordering.descending)
    return filled + empty if ordering.nulls_last else empty + filled


def _sort_key(row: Row, ordering: Ordering) -> tuple[float, str]:
    value = _value(row, ordering.field)
    if isinstance(value, int | float):
        return (float(value), "")
    return (0.0, str(value).casefold())


def _record(query: Query, object_type: ObjectType, row: Row, root: str) -> Row:
    record: Row = {"attributes": _attributes(object_type, row, root)}
    for item in query.fields:
        if isinstance(item, Query):
            _put_children(record, item, object_type, row, root)
        else:
            _put_field(record, item.parts, object_type, row, root)
    return record


def _attributes(object_type: ObjectType, row: Row, root: str) -> Row:
    return {"type": object_type.name, "url": f"{root}/{object_type.name}/{row['Id']}"}


def _put_field(
    record: Row, parts: tuple[str, ...], object_type: ObjectType, row: Row, root: str
) -> None:
    if len(parts) > 1 and parts[0].lower() == object_type.name.lower():
        parts = parts[1:]
    if len(parts) == 1:
        name = object_type.fields[parts[0].lower()].name
        record[name] = row[name]
        return
    relation = object_type.parents[parts[0].lower()]
    parent = row[relation.name]
    if not isinstance(parent, dict):
        record[relation.name] = None
        return
    parent_type = OBJECTS[relation.target.lower()]
    nested = record.setdefault(
        relation.name, {"attributes": _attributes(parent_type, parent, root)}
    )
    if isinstance(nested, dict):
        _put_field(nested, parts[1:], parent_type, parent, root)


def _put_children(record: Row, child: Query, object_type: ObjectType, row: Row, root: str) -> None:
    relation = object_type.children[child.object_name.lower()]
    children = row[relation.name]
    child_type = OBJECTS[relation.target.lower()]
    rows = (
        [one for one in children if _holds(child.where, one)] if isinstance(children, list) else []
    )
    for ordering in reversed(child.order_by):
        rows = _sorted(rows, ordering)
    rows = rows[: child.limit] if child.limit is not None else rows
    # The platform writes null, not an empty list, where there are no children.
    record[relation.name] = (
        {
            "totalSize": len(rows),
            "done": True,
            "records": [_record(child, child_type, one, root) for one in rows],
        }
        if rows
        else None
    )
