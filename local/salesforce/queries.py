"""The query resource: answers, pages and column metadata."""

from __future__ import annotations

from typing import Final

from local.salesforce import soql
from local.salesforce.errors import ApiError
from local.salesforce.ids import derived_id
from local.salesforce.org import Row
from local.salesforce.records import Viewer
from local.salesforce.schema import OBJECTS, ObjectType
from local.salesforce.soql_parser import FieldPath

_NUMBERS: Final = frozenset(("int", "double"))


def answer(text: str, viewer: Viewer, prefix: str, *, columns: bool) -> Row:
    """Return the answer to a query: its first page, or the metadata of its columns.

    Raises:
        ApiError: The query is refused.
    """
    if not text.strip():
        raise ApiError(400, "MALFORMED_QUERY", "A query string has to be specified")
    result = soql.run(text, viewer, f"{prefix}/sobjects")
    if columns:
        return _column_metadata(result)
    name = result.object_type.name if viewer.tooling else None
    return _page(result.records, result.total, viewer, prefix, name)


def next_page(locator: str, viewer: Viewer, prefix: str) -> Row:
    """Return a further page of an earlier query.

    Raises:
        ApiError: The locator is unknown.
    """
    rest = viewer.org.cursor(locator)
    if rest is None:
        raise ApiError(400, "INVALID_QUERY_LOCATOR", "invalid query locator")
    name, _, number = locator.partition("-")
    start = int(number)
    return _page(rest, start + len(rest), viewer, prefix, None, cursor=name, start=start)


def _page(
    records: list[Row],
    total: int,
    viewer: Viewer,
    prefix: str,
    entity: str | None,
    *,
    cursor: str | None = None,
    start: int = 0,
) -> Row:
    size = viewer.org.document.page_size
    page: Row = {"totalSize": total, "done": len(records) <= size, "records": records[:size]}
    if entity is not None:
        page |= {"size": len(records[:size]), "queryLocator": None, "entityTypeName": entity}
    if len(records) > size:
        cursor = cursor or derived_id("01g", viewer.org.host, str(viewer.org.api_used))
        locator = f"{cursor}-{start + size}"
        viewer.org.keep_cursor(locator, records[size:])
        page["nextRecordsUrl"] = f"{prefix}/query/{locator}"
        if entity is not None:
            page["queryLocator"] = locator
    return page


def _column_metadata(result: soql.Result) -> Row:
    columns = [
        _column(item, result.object_type)
        for item in result.query.fields
        if isinstance(item, FieldPath)
    ]
    return {
        "columnMetadata": columns,
        "entityName": result.object_type.name,
        "groupBy": False,
        "idSelected": any(column["columnName"] == "Id" for column in columns),
        "keyPrefix": result.object_type.prefix,
    }


def _column(path: FieldPath, object_type: ObjectType) -> Row:
    names: list[str] = []
    for part in path.parts[:-1]:
        relation = object_type.parents.get(part.lower())
        if relation is not None:
            names.append(relation.name)
            object_type = OBJECTS[relation.target.lower()]
    field = object_type.fields[path.parts[-1].lower()]
    column: Row = {
        "aggregate": False,
        "apexType": None,
        "booleanType": field.type == "boolean",
        "columnName": field.name,
        "custom": field.name.endswith("__c"),
        "displayName": field.name,
        "foreignKeyName": None,
        "insertable": field.updateable,
        "joinColumns": [],
        "numberType": field.type in _NUMBERS,
        "textType": field.type not in _NUMBERS and field.type != "boolean",
        "updatable": field.updateable,
    }
    # A column of a parent is described inside a column that stands for the relationship.
    for name in reversed(names):
        column = {
            **column,
            "aggregate": True,
            "columnName": name,
            "displayName": name,
            "joinColumns": [column],
        }
    return column
