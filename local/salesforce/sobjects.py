"""The sObject resources: describe, retrieve, create, update, delete."""

from __future__ import annotations

from typing import Final

from local.salesforce.errors import ApiError, not_found
from local.salesforce.ids import is_record_id, to_18
from local.salesforce.install_failures import InstallFailure
from local.salesforce.key_refusals import deleted
from local.salesforce.org import Row
from local.salesforce.records import Viewer
from local.salesforce.schema import (
    API_KEY_FIELD,
    API_SECRET_FIELD,
    KEYS_OBJECT,
    OBJECTS,
    FieldType,
    ObjectType,
)

_KEY_FIELDS: Final = frozenset((API_KEY_FIELD, API_SECRET_FIELD))
_LABELS: Final = {
    KEYS_OBJECT: "Zoom",
    API_KEY_FIELD: "Zoom API Key",
    API_SECRET_FIELD: "Zoom API Secret",
}
_SOAP_TYPES: Final = {
    "id": "tns:ID",
    "reference": "tns:ID",
    "boolean": "xsd:boolean",
    "int": "xsd:int",
    "datetime": "xsd:dateTime",
}


def describe_global(viewer: Viewer, prefix: str) -> Row:
    """Return every object that the viewer can see through this API."""
    own = viewer.org.document.connection.object_type
    every = OBJECTS | {own.name.lower(): own}
    visible = [found for name in every if (found := viewer.object_type(name)) is not None]
    return {
        "encoding": "UTF-8",
        "maxBatchSize": 200,
        "sobjects": [_summary(one, viewer, prefix) for one in visible],
    }


def summary(viewer: Viewer, name: str, prefix: str) -> Row:
    """Return the short description of one object.

    Raises:
        ApiError: The object does not exist for the viewer.
    """
    return _summary(_visible(viewer, name), viewer, prefix)


def describe(viewer: Viewer, name: str, prefix: str) -> Row:
    """Return the description of one object with the fields that the viewer can see.

    Raises:
        ApiError: The object does not exist for the viewer.
    """
    object_type = _visible(viewer, name)
    hidden = viewer.hidden_fields(object_type)
    fields = [
        _field(one, viewer, object_type)
        for lower, one in object_type.fields.items()
        if lower not in hidden
    ]
    return {**_summary(object_type, viewer, prefix), "fields": fields, "childRelationships": []}


def retrieve(viewer: Viewer, name: str, record_id: str, fields: str | None, prefix: str) -> Row:
    """Return one record, with the named fields or with all that the viewer can see.

    Raises:
        ApiError: There is no such record or field for the viewer.
    """
    object_type = _visible(viewer, name)
    row = _row(viewer, object_type, record_id)
    names = [part.strip() for part in fields.split(",")] if fields else None
    hidden = viewer.hidden_fields(object_type)
    record: Row = {
        "attributes": {
            "type": object_type.name,
            "url": f"{prefix}/sobjects/{object_type.name}/{row['Id']}",
        }
    }
    if names is None:
        visible = (one.name for lower, one in object_type.fields.items() if lower not in hidden)
        return record | {one: row[one] for one in visible if one in row}
    for one in names:
        found = object_type.fields.get(one.lower())
        if found is None or one.lower() in hidden:
            raise ApiError(
                400,
                "INVALID_FIELD",
                f"No such column '{one}' on entity '{object_type.name}'. If you are attempting to"
                " use a custom field, be sure to append the '__c' after the custom field name.",
            )
        record[found.name] = row.get(found.name)
    return record


def create(viewer: Viewer, name: str, values: Row) -> str:
    """Create a record and return its id. Only install requests can be created.

    Raises:
        ApiError: The object cannot be created, or a value is not allowed.
    """
    object_type = _visible(viewer, name)
    if object_type.name != "PackageInstallRequest":
        raise ApiError(
            400,
            "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY",
            f"entity type cannot be inserted: {object_type.name}",
        )
    checked = _writable(viewer, object_type, values)
    if not viewer.user.install_packaging:
        raise InstallFailure.NOT_ALLOWED.refusal()
    _check_not_read_only(viewer)
    return viewer.org.installs.create(checked, viewer.user)


def update(viewer: Viewer, name: str, record_id: str, values: Row) -> None:
    """Change fields of a row of the settings object.

    Raises:
        ApiError: There is no such record, or the viewer may not write a field of it.
    """
    object_type = _visible(viewer, name)
    row = _row(viewer, object_type, record_id)
    if object_type.name != KEYS_OBJECT:
        raise ApiError(
            400,
            "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY",
            f"entity type cannot be updated: {object_type.name}",
        )
    _check_not_read_only(viewer)
    viewer.org.keys.change(str(row["Id"]), _writable(viewer, object_type, values), viewer.user)


def delete(viewer: Viewer, name: str, record_id: str) -> None:
    """Delete a row of the settings object.

    Raises:
        ApiError: There is no such record, or it cannot be deleted.
    """
    object_type = _visible(viewer, name)
    row = _row(viewer, object_type, record_id)
    if object_type.name != KEYS_OBJECT:
        raise ApiError(400, "DELETE_FAILED", f"entity type cannot be deleted: {object_type.name}")
    _check_not_read_only(viewer)
    viewer.org.keys.delete(str(row["Id"]))


def _check_not_read_only(viewer: Viewer) -> None:
    if viewer.org.document.read_only:
        raise ApiError(
            400, "INSUFFICIENT_ACCESS_OR_READONLY", "insufficient access rights on object id"
        )


def _visible(viewer: Viewer, name: str) -> ObjectType:
    object_type = viewer.object_type(name)
    if object_type is None:
        raise not_found()
    return object_type


def _row(viewer: Viewer, object_type: ObjectType, record_id: str) -> Row:
    if not is_record_id(record_id):
        raise ApiError(
            404, "NOT_FOUND", "Provided external ID field does not exist or is not accessible"
        )
    wanted = to_18(record_id)
    if wanted in viewer.org.keys.deleted_ids:
        raise deleted()
    for row in viewer.rows(object_type, frozenset((wanted,))):
        if to_18(str(row["Id"])) == wanted:
            return row
    raise not_found()


def _writable(viewer: Viewer, object_type: ObjectType, values: Row) -> Row:
    """Return the values under their proper names, after the checks of the platform."""
    hidden = viewer.hidden_fields(object_type)
    checked: Row = {}
    locked: list[str] = []
    for name, value in values.items():
        if name == "attributes":
            continue
        field = object_type.fields.get(name.lower())
        if field is None or name.lower() in hidden:
            raise ApiError(
                400,
                "INVALID_FIELD",
                f"No such column '{name}' on sobject of type {object_type.name}",
            )
        if not field.updateable or not _may_write(viewer, field):
            locked.append(field.name)
            continue
        _check_value(field, value)
        checked[field.name] = value
    if locked:
        raise ApiError(
            400,
            "INVALID_FIELD_FOR_INSERT_UPDATE",
            f"Unable to create/update fields: {', '.join(locked)}. Please check the security"
            " settings of this field and verify that it is read/write for your profile or"
            " permission set.",
            tuple(locked),
        )
    return checked


def _may_write(viewer: Viewer, field: FieldType) -> bool:
    return field.name not in _KEY_FIELDS or viewer.user.edits_key_fields


def _check_value(field: FieldType, value: object) -> None:
    if field.type == "string" and isinstance(value, str) and len(value) > field.length:
        raise ApiError(
            400,
            "STRING_TOO_LONG",
            f"{field.name}: data value too large: (max length={field.length})",
            (field.name,),
        )
    if field.type == "string" and not isinstance(value, str | None):
        raise ApiError(
            400,
            "JSON_PARSER_ERROR",
            f"Cannot deserialize instance of string from {type(value).__name__} value",
        )


def _summary(object_type: ObjectType, viewer: Viewer, prefix: str) -> Row:
    own = f"{prefix}/sobjects/{object_type.name}"
    custom = object_type.name.endswith("__c")
    writable = object_type.name == KEYS_OBJECT
    return {
        "name": object_type.name,
        "label": _LABELS.get(object_type.name, object_type.name),
        "keyPrefix": object_type.prefix,
        "custom": custom,
        "customSetting": False,
        "queryable": True,
        "retrieveable": True,
        "createable": object_type.name == "PackageInstallRequest",
        "updateable": writable and viewer.user.edits_key_fields,
        "deletable": writable,
        "urls": {
            "sobject": own,
            "describe": f"{own}/describe",
            "rowTemplate": f"{own}/{{ID}}",
        },
    }


def _field(field: FieldType, viewer: Viewer, object_type: ObjectType) -> Row:
    updateable = field.updateable and _may_write(viewer, field)
    return {
        "name": field.name,
        "label": _LABELS.get(field.name, field.name),
        "type": field.type,
        "soapType": _SOAP_TYPES.get(field.type, "xsd:string"),
        "length": field.length if field.type == "string" else 0,
        "custom": field.name.endswith("__c"),
        "nillable": field.type not in ("id", "boolean"),
        "createable": updateable,
        "updateable": updateable,
        "filterable": field.type != "complexvalue",
        "encrypted": False,
        "relationshipName": None,
        "referenceTo": [],
        "picklistValues": [],
        "nameField": field.name == "Name" and object_type.name != "PackageInstallRequest",
    }
