"""Posts messages to Slack."""

from __future__ import annotations

import contextlib
import json
import logging
import ssl
import time
from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from slack_sdk.errors import SlackObjectFormationError

from zoom_migrator.adapters.http_client.connection import Answer, Connection, NoAnswer
from zoom_migrator.adapters.http_client.deadline import Deadline
from zoom_migrator.adapters.http_client.tls import tls_context
from zoom_migrator.adapters.slack.answers import result_of_hook, result_of_method, result_of_silence
from zoom_migrator.adapters.slack.blocks import SlackContent, content_of, content_of_reply
from zoom_migrator.adapters.slack.hooks import hook_of
from zoom_migrator.adapters.slack.secret import SlackAccess
from zoom_migrator.adapters.slack.settings import SlackSettings
from zoom_migrator.domain.delivery import FailureKind, SendFailure, SendResult
from zoom_migrator.domain.errors import InvalidSettings
from zoom_migrator.domain.notice_message import AnyMessage

_POST_MESSAGE: Final = "/api/chat.postMessage"
_HEADERS: Final = {
    "Accept": "application/json",
    "Content-Type": "application/json; charset=utf-8",
    "User-Agent": "zoom-oauth-migrator",
}
_K: Final = FailureKind
_log = logging.getLogger(__name__)


class HttpSlackChannel:
    """A :class:`~zoom_migrator.notice_ports.SlackChannel` over HTTP.

    ``slack_sdk`` makes and checks the blocks, but does not send them: its clients follow redirects
    with the token, bound no answer as a whole, and do not tell whether a request was sent at all,
    on which it depends whether it may be sent again.
    """

    def __init__(
        self,
        settings: SlackSettings,
        *,
        access: Callable[[], SlackAccess],
        tls: ssl.SSLContext | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """Take what all calls have in common.

        Args:
            access: Called for every call, so it should remember what it parsed.
            tls: The system's authorities if left out.
            monotonic: Seconds that only ever grow, for deadlines.
        """
        self._settings = settings
        self._access = access
        self._tls = tls or tls_context()
        self._monotonic = monotonic

    def takes_presses(self) -> bool:
        """See the port. A message with buttons for nobody would be worse than one with links."""
        access = self._usable()
        return isinstance(access, SlackAccess) and bool(access.signing_secret)

    def post(self, address: str, message: AnyMessage) -> SendResult:
        """See the port. Where there is only a webhook, all messages go to its channel."""
        access = self._usable()
        if isinstance(access, SendFailure):
            return access
        try:
            content = content_of(message, with_buttons=bool(access.signing_secret))
        except SlackObjectFormationError as error:
            # The error names the limit, and nothing of the message.
            _log.error("slack_message_malformed", extra={"reason": str(error)})
            return SendFailure(_K.MESSAGE, "malformed_message")
        if access.bot_token and address:
            return self._post_as_bot(access.bot_token, address, content)
        if access.webhook_url:
            return self._post_to_hook(access.webhook_url, _body(content))
        return SendFailure(_K.ADDRESS, "no_channel")

    def reply(self, reply_url: str, text: str) -> SendResult:
        """See the port."""
        content = content_of_reply(text)
        return self._post_to_hook(reply_url, _body(content, replace_original=True))

    def _usable(self) -> SlackAccess | SendFailure:
        try:
            access = self._access()
        except InvalidSettings as error:
            _log.error("slack_not_set_up", extra={"reason": error.message})
            return SendFailure(_K.ACCESS, "slack_secret_malformed")
        return access if access.can_post else SendFailure(_K.ACCESS, "slack_secret_empty")

    def _post_as_bot(self, token: str, channel: str, content: SlackContent) -> SendResult:
        host = urlsplit(self._settings.api_url).hostname or ""
        headers = {"Authorization": f"Bearer {token}"}
        answer = self._send(host, _POST_MESSAGE, headers, _body(content, channel=channel))
        return answer if isinstance(answer, SendFailure) else result_of_method(answer)

    def _post_to_hook(self, address: str, body: bytes) -> SendResult:
        hook = hook_of(address)
        if hook is None:
            return SendFailure(_K.MESSAGE, "not_slacks_address")
        host, target = hook
        answer = self._send(host, target, {}, body)
        return answer if isinstance(answer, SendFailure) else result_of_hook(answer)

    def _send(
        self, host: str, target: str, headers: Mapping[str, str], body: bytes
    ) -> Answer | SendFailure:
        connection = Connection(
            host,
            limits=self._settings.limits,
            loopback=self._settings.loopback(),
            tls=self._tls,
            deadline=Deadline(self._settings.seconds, self._monotonic),
        )
        with contextlib.closing(connection):
            try:
                return connection.send("POST", target, headers={**_HEADERS, **headers}, body=body)
            except NoAnswer as failure:
                return result_of_silence(failure)


def _body(content: SlackContent, **more: Any) -> bytes:
    document = {
        "text": content.text,
        "blocks": content.blocks,
        # Slack would open signed links to show what is behind them.
        "unfurl_links": False,
        "unfurl_media": False,
        **more,
    }
    return json.dumps(document).encode()
