"""Where the events of Zoom arrive.

Source: Zoom, "Using webhooks": the two headers, and the answer within three seconds.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

from zoom_migrator.adapters.web.entrance import Visit
from zoom_migrator.adapters.web.machine_entrance import answer_in_json
from zoom_migrator.adapters.web.request import Request
from zoom_migrator.adapters.zoom.webhook_secrets import StoredWebhookSecrets, WebhookNotSetUp
from zoom_migrator.domain.signed_request import SignatureVerdict, SignedRequest, verify
from zoom_migrator.domain.zoom_event import MAX_EVENT_BYTES
from zoom_migrator.use_cases.take_zoom_event import EventPorts, take_zoom_event

_TIMESTAMP: Final = "x-zm-request-timestamp"
_SIGNATURE: Final = "x-zm-signature"
# By status, so that nobody learns by a forged event which grants there are.
_SAID: Final = {
    HTTPStatus.OK: {"status": "taken"},
    HTTPStatus.BAD_REQUEST: {"error": "malformed"},
    HTTPStatus.UNAUTHORIZED: {"error": "not_signed"},
}


class ZoomWebhook:
    """Takes events; the raw body goes to the use case as it arrived."""

    def __init__(self, secrets: StoredWebhookSecrets, ports: EventPorts) -> None:
        self._secrets = secrets
        self._ports = ports

    def take(self, request: Request) -> Visit:
        """Answer one event.

        Where no token is stored, nothing that arrives is signed. That is no fault of the stack:
        most have no use for the webhook, and anybody can send something to it.

        Raises:
            InvalidSettings: The webhook's secret is absent or malformed.
            Refusal: The body is too long, or not encoded as API Gateway encodes it.
            StoreUnavailable: The secret, the store or the queue is out of reach.
        """
        signed = SignedRequest(
            request.body(MAX_EVENT_BYTES), request.header(_TIMESTAMP), request.header(_SIGNATURE)
        )
        try:
            secrets = self._secrets_for(signed)
        except WebhookNotSetUp:
            status = HTTPStatus.UNAUTHORIZED
            return Visit(answer_in_json(status, _SAID[status]), "not_set_up")
        answer = take_zoom_event(signed, secrets, ports=self._ports)
        status = HTTPStatus(answer.status)
        return Visit(answer_in_json(status, answer.body or _SAID[status]), answer.outcome)

    def _secrets_for(self, signed: SignedRequest) -> tuple[str, ...]:
        secrets = self._secrets()
        if verify(signed, secrets, now=self._ports.clock.now()) is SignatureVerdict.FORGED:
            return self._secrets(in_doubt=True)
        return secrets
