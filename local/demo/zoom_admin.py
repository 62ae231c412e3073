"""The Zoom admins of the demo, each with a browser of their own."""

from __future__ import annotations

from local.demo.page import say
from local.demo.screen import DemoFailed
from local.zoom.person import Person


def authorizes(link: str, *, name: str, email: str) -> None:
    """Open an authorization link as its addressee does, go to Zoom, and consent there.

    Raises:
        DemoFailed: The page does not lead to Zoom.
    """
    with Person(email) as person:
        page = person.open(link)
        say(name, "opens the link", page.text)
        page = person.press(page, "Continue to Zoom")
        if page.left_for is None:
            raise DemoFailed(f"The start page does not lead to Zoom: {page.title}")
        location = person.consent(page.left_for)
        say(name, "signs in at Zoom, consents and comes back", person.open(location).text)
