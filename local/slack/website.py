"""What people do with a browser: read channels, press buttons."""

from __future__ import annotations

from urllib.parse import urlencode

from local.simulation.reply import Reply
from local.slack import pages, presses
from local.slack.messages import PostedMessage
from local.slack.model import SimulatedChannel, SimulatedPerson
from local.slack.presses import Press
from local.slack.request import Incoming
from local.slack.world import World


class Pressed:
    """A press to be posted, and the page that whoever pressed sees then."""

    def __init__(self, message: PostedMessage, press: Press, then: str) -> None:
        """Take the message, what is posted, and where the browser goes."""
        self.press = press
        self._message = message
        self._then = then

    def then(self, trouble: str) -> Reply:
        """Return the page; what Slack says about the press stands with the message."""
        self._message.tell(trouble)
        return pages.redirect(self._then)


def handle(world: World, incoming: Incoming) -> Reply | Pressed:
    """Answer a browser."""
    match incoming.method, incoming.path.split("/")[1:]:
        case (("GET" | "HEAD"), [""]):
            first = world.document.channels[0]
            return pages.redirect(f"/channels/{first.name}#newest")
        case (("GET" | "HEAD"), ["channels", name]):
            channel = world.document.channel(name)
            if channel is None:
                return pages.not_found()
            return pages.channel(world, channel, _reader(world, incoming.query))
        case "POST", ["channels", name, "press"]:
            channel = world.document.channel(name)
            return pages.not_found() if channel is None else _press(world, channel, incoming.form)
    return pages.not_found()


def _reader(world: World, fields: dict[str, str]) -> SimulatedPerson:
    return world.document.person(fields.get("as", "")) or world.document.people[0]


def _press(world: World, channel: SimulatedChannel, form: dict[str, str]) -> Reply | Pressed:
    reader = _reader(world, form)
    message = world.messages.find(channel.channel_id, form.get("ts", ""))
    button = message.earlier_button(form.get("action_id", "")) if message is not None else None
    if message is None or button is None:
        return pages.not_found()
    if button.get("confirm") and form.get("confirmed") != "yes":
        return pages.question(world, channel, reader, message, button)
    press = presses.press(world, message, str(button["action_id"]), reader)
    # A button with a link opens it, and the app is told nevertheless.
    back = f"/channels/{channel.name}?{urlencode({'as': reader.name})}#m{message.ts}"
    return Pressed(message, press, str(button.get("url") or back))
