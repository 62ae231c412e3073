"""What others would write in place of the product's callback."""

from __future__ import annotations

import base64
import http.client
import json
import os
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from benchmarks.comeback import Comeback

_TOKEN: Final = "/oauth/token"  # noqa: S105 - a path
_USER: Final = "/v2/users/me"
_SETTINGS: Final = "/v2/users/me/settings"
_SECONDS: Final = 30
_TASK_TOKEN: Final = "t" * 600


class PlainCallback:
    """The usual one, with requests and boto3.

    It looks the state up, exchanges the code, asks who it was and what they have, encrypts the
    tokens and stores them, and wakes the state machine. There is no transaction and no condition,
    no check of scopes, account, e-mail or products, no audit entry and no notice.
    """

    def __init__(self) -> None:
        import boto3
        import requests

        self._table: Any = boto3.resource("dynamodb").Table(os.environ["TABLE_NAME"])
        self._kms: Any = boto3.client("kms")
        self._states: Any = boto3.client("stepfunctions")
        self._session = requests.Session()
        self._app = _app()

    def prepare(self, comeback: Comeback) -> Comeback:
        """See the protocol."""
        return comeback

    def take(self, comeback: Comeback) -> dict[str, Any]:
        """See the protocol."""
        self._table.get_item(Key={"pk": f"STATE#{comeback.state}", "sk": "ATTEMPT"})
        answer = self._session.post(
            _zoom() + _TOKEN, _form(comeback), auth=self._app, timeout=_SECONDS
        )
        answer.raise_for_status()
        tokens = answer.json()
        user, settings = (self._asked(path, tokens) for path in (_USER, _SETTINGS))
        sealed = self._kms.encrypt(
            KeyId=os.environ["GRANT_KEY_ARN"], Plaintext=json.dumps(tokens).encode()
        )
        grant = {"pk": f"GRANT#{user['id']}", "sk": "GRANT", "email": user["email"]}
        features = json.dumps(settings.get("feature"))
        self._table.put_item(
            Item=grant | {"sealed": sealed["CiphertextBlob"], "features": features}
        )
        self._states.send_task_success(taskToken=_TASK_TOKEN, output="{}")
        return grant

    def is_right(self, _comeback: Comeback, answer: dict[str, Any]) -> bool:
        """See the protocol."""
        return bool(answer["email"])

    def _asked(self, path: str, tokens: dict[str, Any]) -> dict[str, Any]:
        bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
        answer = self._session.get(_zoom() + path, headers=bearer, timeout=_SECONDS)
        answer.raise_for_status()
        found: dict[str, Any] = answer.json()
        return found


class BareClient:
    """The three calls of Zoom with the standard library, each over a new connection.

    It looks at nothing and stores nothing: no callback that asks Zoom as much can be faster.
    """

    def __init__(self) -> None:
        self._address = urlsplit(_zoom())
        basic = base64.b64encode(":".join(_app()).encode()).decode()
        self._headers = {
            "Authorization": f"Basic {basic}",
            "Content-Type": "application/x-www-form-urlencoded",
        }

    def prepare(self, comeback: Comeback) -> Comeback:
        """See the protocol."""
        return comeback

    def take(self, comeback: Comeback) -> list[dict[str, Any]]:
        """See the protocol."""
        tokens = self._call("POST", _TOKEN, self._headers, urlencode(_form(comeback)))
        bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
        return [self._call("GET", path, bearer) for path in (_USER, _SETTINGS)]

    def is_right(self, _comeback: Comeback, answer: list[dict[str, Any]]) -> bool:
        """See the protocol."""
        user, settings = answer
        return "email" in user and "feature" in settings

    def _call(
        self, method: str, path: str, headers: dict[str, str], body: str | None = None
    ) -> dict[str, Any]:
        connection = http.client.HTTPConnection(
            self._address.hostname or "", self._address.port, timeout=_SECONDS
        )
        try:
            connection.request(method, path, body, headers)
            answer: dict[str, Any] = json.load(connection.getresponse())
        finally:
            connection.close()
        return answer


def _form(comeback: Comeback) -> dict[str, str]:
    return {
        "grant_type": "authorization_code",
        "code": comeback.code,
        "redirect_uri": os.environ["PUBLIC_BASE_URL"] + "/oauth/callback",
        "code_verifier": comeback.verifier,
    }


def _zoom() -> str:
    return os.environ["ZOOM_CONNECT_TO"]


def _app() -> tuple[str, str]:
    secret = json.loads(os.environ["ZOOM_SECRET"])
    return secret["client_id"], secret["client_secret"]
