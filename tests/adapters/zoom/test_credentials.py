from __future__ import annotations

import json
from datetime import timedelta

import pytest

from zoom_migrator.adapters.memory.system import SettableClock
from zoom_migrator.adapters.zoom.credentials import (
    StoredZoomCredentials,
    ZoomAppCredentials,
    parse_zoom_credentials,
)
from zoom_migrator.adapters.zoom.settings import ZoomSettings
from zoom_migrator.domain.errors import InvalidSettings, StoreUnavailable

GOOD = {"client_id": "bDU6oQQ5Qe6sz9mVaMVEyw", "client_secret": "secret-canary-0123456789"}


def test_a_secret_is_read() -> None:
    credentials = parse_zoom_credentials(json.dumps({**GOOD, "webhook_secret": "other"}))

    assert credentials == ZoomAppCredentials(GOOD["client_id"], GOOD["client_secret"])
    assert "canary" not in repr(credentials)


def test_blanks_around_a_pasted_value_do_not_matter() -> None:
    pasted = json.dumps({name: f" {value}\n" for name, value in GOOD.items()})

    assert parse_zoom_credentials(pasted) == parse_zoom_credentials(json.dumps(GOOD))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is not JSON"),
        ("canary", "is not JSON"),
        ("[" * 100_000, "is not JSON"),
        ("[]", "is not a JSON object"),
        ("{}", "has no client_id"),
        (json.dumps({**GOOD, "client_id": ""}), "has no client_id"),
        (json.dumps({**GOOD, "client_secret": None}), "has no client_secret"),
        (json.dumps({**GOOD, "client_secret": 7}), "has a client_secret that is not a text"),
        (json.dumps({**GOOD, "client_id": "a b canary"}), "has a client_id that no Zoom app"),
        (json.dumps({**GOOD, "client_secret": "canary ü"}), "has a client_secret that no Zoom app"),
    ],
)
def test_what_is_wrong_is_said_without_repeating_any_of_it(text: str, said: str) -> None:
    with pytest.raises(InvalidSettings) as caught:
        parse_zoom_credentials(text)

    assert caught.value.message.startswith(f"The Zoom secret {said}")
    assert "canary" not in caught.value.message + caught.value.remedy
    assert caught.value.__cause__ is None
    assert caught.value.remedy


class TestRemembering:
    def test_it_is_read_again_after_five_minutes(self, clock: SettableClock) -> None:
        texts = iter([json.dumps(GOOD), json.dumps({**GOOD, "client_id": "another-client"})])
        stored = StoredZoomCredentials(lambda: next(texts), clock)

        assert [stored().client_id for _ in range(3)] == [GOOD["client_id"]] * 3
        clock.advance(timedelta(minutes=5, seconds=1))
        assert stored().client_id == "another-client"

    def test_a_malformed_one_is_remembered_as_well(self, clock: SettableClock) -> None:
        texts = iter(["{}"])
        stored = StoredZoomCredentials(lambda: next(texts), clock)

        for _ in range(3):
            with pytest.raises(InvalidSettings, match="has no client_id"):
                stored()

    def test_one_out_of_reach_is_tried_again(self, clock: SettableClock) -> None:
        answers = iter([None, json.dumps(GOOD)])

        def read() -> str:
            text = next(answers)
            if text is None:
                raise StoreUnavailable("throttled")
            return text

        stored = StoredZoomCredentials(read, clock)
        with pytest.raises(StoreUnavailable):
            stored()
        assert stored().client_id == GOOD["client_id"]


class TestSettings:
    @pytest.mark.parametrize(
        "settings",
        [
            {"oauth_url": "http://zoom.us"},
            {"oauth_url": "https://zoom.us/oauth"},
            {"oauth_url": "https://user@zoom.us"},
            {"api_url": "https://api.evil.example"},
            {"api_hosts": ("*",)},
            {"api_hosts": ("*.us",)},
            {"api_hosts": ("api.*.us",)},
            {"api_hosts": ("api.zoom.us/",)},
            {"connect_to": "http://10.0.0.1:80"},
            {"connect_to": "https://zoom.us"},
            {"connect_to": "http://127.0.0.1:80/path"},
            {"token_seconds": 0},
            {"max_body_bytes": 0},
        ],
    )
    def test_what_cannot_be_is_refused(self, settings: dict[str, object]) -> None:
        with pytest.raises(InvalidSettings):
            ZoomSettings(**settings)  # type: ignore[arg-type]

    def test_a_star_stands_for_letters_of_one_label(self) -> None:
        settings = ZoomSettings()

        assert settings.allows("https://api-us02.zoom.us")
        for address in (
            "https://api.x.zoom.us",
            "https://api.zoom.us.x.example",
            "https://zoom.us",
        ):
            assert not settings.allows(address)

    def test_another_zoom_can_be_named(self) -> None:
        settings = ZoomSettings(
            oauth_url="https://zoomgov.com",
            api_url="https://api.zoomgov.com",
            api_hosts=("api*.zoomgov.com",),
        )

        assert settings.allows("https://api.zoomgov.com")
        assert not settings.allows("https://api.zoom.us")
