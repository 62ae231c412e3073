"""The simulator for Python programs: a server in a background thread, and a handle on its world."""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import Awaitable, Callable

from local.simulation.background import BackgroundServer
from local.slack import control, presses
from local.slack.faults import Faults
from local.slack.messages import PostedMessage
from local.slack.model import SimulatedApp, SimulatedChannel, SimulatedSlack
from local.slack.server import Server
from local.slack.world import RecordedRequest, World


class SlackSimulator(BackgroundServer):
    """Slack behind one port of 127.0.0.1: its Web API, its webhooks, and channels to look at.

    Use it as a context manager, or call ``start`` and ``stop``. Every method and property may be
    used from any thread. The document may be changed at any time and counts from the next request
    on.
    """

    def __init__(
        self,
        document: SimulatedSlack | None = None,
        *,
        port: int = 0,
        tls: ssl.SSLContext | None = None,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        """Prepare a simulator; nothing is bound yet.

        Args:
            document: The workspace to start with.
            port: Port of 127.0.0.1; 0 takes a free one.
            tls: Serve https with this context.
            clock: Seconds since 1970; every limit and age goes by it.
            sleep: Waits out a latency, in seconds.
        """
        self.world = World(clock)
        super().__init__(Server(self.world, tls, sleep), port=port, name="slack-simulator")
        self.world.load(document or SimulatedSlack())

    @property
    def document(self) -> SimulatedSlack:
        """The workspace."""
        return self.world.document

    @property
    def app(self) -> SimulatedApp:
        """The app, secrets included."""
        return self.world.document.app

    @property
    def faults(self) -> Faults:
        """The faults that are switched on."""
        return self.world.faults

    @property
    def webhook_url(self) -> str:
        """Address of the incoming webhook, as Slack shows it; a secret."""
        return f"https://hooks.slack.com{self.document.webhook_path}"

    @property
    def requests(self) -> list[RecordedRequest]:
        """Every request of machines so far, oldest first."""
        with self.world.lock:
            return list(self.world.recorded)

    def secret_values(self) -> list[str]:
        """Return every secret so far, for tests that look for leaks."""
        app = self.app
        with self.world.lock:
            replies = self.world.replies.paths
        return [app.bot_token, app.signing_secret, app.webhook_secret, *replies]

    def channel(self, name_or_id: str = "") -> SimulatedChannel:
        """Return a channel, or the first.

        Raises:
            KeyError: There is no such channel.
        """
        found = self.document.channel(name_or_id) if name_or_id else self.document.channels[0]
        if found is None:
            raise KeyError(name_or_id)
        return found

    def messages_in(self, name_or_id: str = "") -> list[PostedMessage]:
        """Return the messages of a channel, or of the first, oldest first.

        Raises:
            KeyError: There is no such channel.
        """
        channel_id = self.channel(name_or_id).channel_id
        with self.world.lock:
            return self.world.messages.of(channel_id)

    def press(
        self,
        action_id: str,
        *,
        channel: str = "",
        person: str = "",
        forged: bool = False,
        age_seconds: int = 0,
        reply_url: str = "",
    ) -> str:
        """Press a button of the newest message that has it.

        Returns:
            What Slack says to whoever pressed; nothing if all is well.

        Raises:
            KeyError: No message has such a button.
            RuntimeError: The simulator does not run.
        """
        with self.world.lock:
            channel_id = self.channel(channel).channel_id
            message = control.newest_with(self.world, channel_id, action_id)
            order = presses.press(
                self.world,
                message,
                action_id,
                self.document.person(person) or self.document.people[0],
                forged=forged,
                age_seconds=age_seconds,
                reply_url=reply_url,
            )
        message.tell(self.run(presses.post(order)))
        return message.trouble
