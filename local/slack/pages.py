"""The pages that people see, rendered."""

from __future__ import annotations

import base64
import hashlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from jinja2 import ChainableUndefined, Environment, FileSystemLoader
from markupsafe import Markup

from local.simulation.reply import Reply
from local.slack import markup
from local.slack.messages import PostedMessage
from local.slack.model import SimulatedChannel, SimulatedPerson
from local.slack.world import World

HTML: Final = "text/html;charset=utf-8"
# A refresh by <meta> only jumps within the page where the address has a fragment. Whoever looks at
# the end sees what is new, sooner after a press; everybody else stays where they read.
_RELOAD: Final = """
const end = () => document.documentElement.scrollHeight - innerHeight;
addEventListener("load", () => {
  const place = sessionStorage.getItem("place");
  sessionStorage.removeItem("place");
  if (place !== null) scrollTo(0, place === "end" ? end() : Number(place));
});
setTimeout(() => {
  sessionStorage.setItem("place", scrollY > end() - 40 ? "end" : scrollY);
  history.scrollRestoration = "manual";
  location.reload();
}, location.hash.startsWith("#m") ? 3000 : 15000);
"""
_RELOAD_HASH: Final = base64.b64encode(hashlib.sha256(_RELOAD.encode()).digest()).decode()
# No form-action: browsers apply it to the redirect that follows a button that opens a link, too.
_HEADERS: Final = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline';"
    f" script-src 'sha256-{_RELOAD_HASH}'; frame-ancestors 'none'; base-uri 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


def _moment(ts: str) -> str:
    at = datetime.fromtimestamp(float(ts), UTC)
    return f"{at.day} {at:%b %Y, %H:%M} UTC"


def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        # Most parts of a block may be left out.
        undefined=ChainableUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["markup"] = markup.as_html
    made.filters["plain"] = markup.text_as_html
    made.filters["moment"] = _moment
    return made


_TEMPLATES: Final = _environment()


def channel(world: World, shown: SimulatedChannel, reader: SimulatedPerson) -> Reply:
    """Return a channel with all of its messages."""
    return _page(
        "channel.html",
        world,
        shown,
        reader,
        messages=world.messages.of(shown.channel_id),
        people=world.document.people,
        reload=Markup(_RELOAD),  # noqa: S704 - a constant of ours
    )


def question(
    world: World,
    shown: SimulatedChannel,
    reader: SimulatedPerson,
    message: PostedMessage,
    button: dict[str, object],
) -> Reply:
    """Return what a button asks back."""
    return _page("question.html", world, shown, reader, message=message, button=button)


def not_found() -> Reply:
    """Return the page of what is not there."""
    return Reply(404, b"There is no such page.\n", "text/plain", dict(_HEADERS))


def redirect(location: str) -> Reply:
    """Return a redirect after which browsers use GET."""
    return Reply(303, b"", HTML, {**_HEADERS, "Location": location})


def _page(
    template: str,
    world: World,
    shown: SimulatedChannel,
    reader: SimulatedPerson,
    **details: object,
) -> Reply:
    counts = {
        one.channel_id: len(world.messages.of(one.channel_id)) for one in world.document.channels
    }
    text = _TEMPLATES.get_template(template).render(
        document=world.document, shown=shown, reader=reader, counts=counts, **details
    )
    return Reply(200, text.encode(), HTML, dict(_HEADERS))
