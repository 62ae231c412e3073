"""The Zoom admins of the demo, each with a browser of their own."""

from __future__ import annotations

from typing import Final

from local.demo.page import say
from local.demo.screen import DemoFailed, console, wait_until
from local.demo.stage import Stage
from local.zoom.person import Person

_TAKEN: Final = 200


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


def removes_app(stage: Stage, *, name: str, email: str) -> None:
    """Remove the app as a user does in Zoom's Marketplace; Zoom posts a signed event.

    Raises:
        DemoFailed: The stack did not take the event.
    """
    delivered = stage.zoom.remove_app(email, stage.zoom_app)
    if delivered is None or delivered.status != _TAKEN:
        # Zoom waits three seconds for an answer, and tells again.
        wait_until(lambda: _is_told(stage, email), "the stack did not take Zoom's event")
    console.print(
        f"  {name} removes the app; Zoom posts app_deauthorized to {stage.zoom_app.webhook_url}",
        soft_wrap=True,
    )


def _is_told(stage: Stage, email: str) -> bool:
    told = stage.zoom.tell(stage.zoom_app, "app_deauthorized", email=email)
    return told.status == _TAKEN
