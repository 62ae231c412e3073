"""How an org shows that the package's own OAuth connection to Zoom works.

No public source says where the package keeps it, so a document names object, field and values.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Final, Self

from pydantic import Field, model_validator

from local.salesforce.document import Document
from local.salesforce.schema import (
    API_KEY_FIELD,
    API_SECRET_FIELD,
    KEYS_OBJECT,
    OBJECTS,
    FieldType,
    ObjectType,
)

_PREFIX: Final = "a0Y"
_OWN_FIELDS: Final = (("Id", "id"), ("Name", "string"))

ApiName = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_]{0,79}$")]


class PackageConnection(Document):
    """The connection, and what shows it.

    Attributes:
        object: The settings object, or another custom object, which has a row of its own then.
        field: Its field; one that the object does not have is added to it.
        connected_value: What is in the field while the connection works.
        disconnected_value: What is in it otherwise.
        connected: Whether it works.
        visible: Whether the integration user may see it.
        clears_keys: Whether the package empties the old keys when it is connected.
    """

    object: ApiName = KEYS_OBJECT
    field: ApiName = "zoom_app__Login_Type__c"
    connected_value: str | bool = "OAuth"
    disconnected_value: str | bool | None = None
    connected: bool = False
    visible: bool = True
    clears_keys: bool = False

    @model_validator(mode="after")
    def _object_can_show_it(self) -> Self:
        if not self.in_settings and self.object.lower() in OBJECTS:
            raise ValueError(f"{self.object} cannot show a connection")
        if self.field.lower() in (API_KEY_FIELD.lower(), API_SECRET_FIELD.lower(), "id", "name"):
            raise ValueError(f"{self.field} holds something else")
        return self

    @property
    def in_settings(self) -> bool:
        """Whether the rows of the settings object show it."""
        return self.object.lower() == KEYS_OBJECT.lower()

    @property
    def value(self) -> str | bool | None:
        """What is in the field now."""
        if self.connected:
            return self.connected_value
        if self.disconnected_value is None and isinstance(self.connected_value, bool):
            # A checkbox is never null.
            return not self.connected_value
        return self.disconnected_value

    @property
    def shows_object(self) -> bool:
        """Whether its object exists for the integration user; that of the settings does."""
        return self.visible or self.in_settings

    @property
    def hidden_fields(self) -> frozenset[str]:
        """The lower-case names of fields that are hidden in the settings object."""
        hidden = self.in_settings and not self.visible
        return frozenset((self.field.lower(),)) if hidden else frozenset()

    @property
    def object_type(self) -> ObjectType:
        """The object with the field in it."""
        if self.in_settings:
            found = OBJECTS[KEYS_OBJECT.lower()]
            return replace(found, fields=self._with_field(found.fields))
        fields = {name.lower(): FieldType(name, kind) for name, kind in _OWN_FIELDS}
        return ObjectType(self.object, _PREFIX, self._with_field(fields))

    @property
    def field_name(self) -> str:
        """The field as its object spells it."""
        return self.object_type.fields[self.field.lower()].name

    def _with_field(self, fields: dict[str, FieldType]) -> dict[str, FieldType]:
        kind = "boolean" if isinstance(self.connected_value, bool) else "string"
        return {self.field.lower(): FieldType(self.field, kind, updateable=True)} | fields
