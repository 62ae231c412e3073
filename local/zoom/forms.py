"""The forms of a page, as a browser without scripts sees them."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import override


@dataclass(slots=True)
class Button:
    """A button that sends a form."""

    name: str
    value: str
    text: str = ""


@dataclass(slots=True)
class Form:
    """A form: where it goes, and what it sends besides the button's own field."""

    action: str
    method: str
    fields: list[tuple[str, str]] = field(default_factory=list)
    buttons: list[Button] = field(default_factory=list)

    def value_of(self, name: str) -> str | None:
        """Return the value of a field, or None."""
        return dict(self.fields).get(name)

    def button(self, text: str) -> Button | None:
        """Return the button whose text begins like this, or None."""
        return next((one for one in self.buttons if one.text.startswith(text)), None)


def forms_of(html: str) -> list[Form]:
    """Return every form of a page, in order."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.forms


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._form: Form | None = None
        self._button: Button | None = None

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._form = Form(given.get("action", ""), given.get("method", "get").upper())
            self.forms.append(self._form)
        elif self._form is None:
            return
        elif tag == "input":
            self._input(self._form, given)
        elif tag == "button":
            self._button = Button(given.get("name", ""), given.get("value", ""))
            self._form.buttons.append(self._button)

    @override
    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "button" and self._button is not None:
            self._button.text = " ".join(self._button.text.split())
            self._button = None

    @override
    def handle_data(self, data: str) -> None:
        if self._button is not None:
            self._button.text += data

    def _input(self, form: Form, given: dict[str, str]) -> None:
        kind = given.get("type", "text")
        if kind == "submit":
            name, value = given.get("name", ""), given.get("value", "")
            form.buttons.append(Button(name, value, value))
        elif "name" in given and (kind not in ("checkbox", "radio") or "checked" in given):
            form.fields.append((given["name"], given.get("value", "")))
