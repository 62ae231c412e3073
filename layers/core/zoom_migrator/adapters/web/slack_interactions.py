"""Where presses on buttons in Slack arrive.

Sources: Slack, "Verifying requests from Slack" (the two headers) and "Handling user interaction"
(an empty answer with status 200 within three seconds).
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

from zoom_migrator.adapters.slack.secret import StoredSlackAccess
from zoom_migrator.adapters.web.entrance import Visit
from zoom_migrator.adapters.web.machine_entrance import answer_in_json
from zoom_migrator.adapters.web.request import Request
from zoom_migrator.adapters.web.response import Response
from zoom_migrator.domain.signed_request import SignatureVerdict, SignedRequest, verify
from zoom_migrator.domain.slack_press import MAX_PRESS_BYTES
from zoom_migrator.notice_ports import NoticeQueue
from zoom_migrator.ports import Clock
from zoom_migrator.use_cases.take_slack_action import take_slack_action

_TIMESTAMP: Final = "x-slack-request-timestamp"
_SIGNATURE: Final = "x-slack-signature"
# A header that is longer is none of Slack's, and is not worth the trouble of reading.
_MAX_HEADER_CHARACTERS: Final = 200


class SlackInteractions:
    """Takes presses; the raw body goes to the use case as it arrived.

    A stack without a signing secret refuses all of them like forged ones: its messages have no
    buttons, so nobody but a stranger can have pressed any.
    """

    def __init__(self, access: StoredSlackAccess, queue: NoticeQueue, clock: Clock) -> None:
        self._access = access
        self._queue = queue
        self._clock = clock

    def take(self, request: Request) -> Visit:
        """Answer one press.

        Raises:
            InvalidSettings: The Slack secret is absent or malformed.
            Refusal: The body is too long, or not encoded as API Gateway encodes it.
            StoreUnavailable: The secret or the queue is out of reach.
        """
        signed = SignedRequest(
            request.body(MAX_PRESS_BYTES),
            request.header(_TIMESTAMP)[:_MAX_HEADER_CHARACTERS],
            request.header(_SIGNATURE)[:_MAX_HEADER_CHARACTERS],
        )
        secrets = self._secrets_for(signed)
        if not any(secrets):
            return _refused("not_set_up")
        answer = take_slack_action(signed, secrets, queue=self._queue, clock=self._clock)
        status = HTTPStatus(answer.status)
        if status is HTTPStatus.OK:
            return Visit(Response(status), answer.outcome)
        return _refused(answer.outcome)

    def _secrets_for(self, signed: SignedRequest) -> tuple[str, ...]:
        secrets = (self._access().signing_secret,)
        if verify(signed, secrets, now=self._clock.now()) is SignatureVerdict.FORGED:
            # Whoever makes a new secret at Slack presses a button to try it.
            return (self._access(in_doubt=True).signing_secret,)
        return secrets


def _refused(outcome: str) -> Visit:
    """The same answer whyever it is, so that nobody learns by it what the stack has."""
    return Visit(answer_in_json(HTTPStatus.UNAUTHORIZED, {"error": "not_signed"}), outcome)
