"""What people see of the simulated Slack, and what their presses do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from local.slack import SimulatedChannel, SimulatedPerson, SimulatedSlack, SlackSimulator
from local.slack.markup import as_html
from tests.local.clients import FixedClock
from tests.local.slack_endpoint import Endpoint, served

NAME = "zoom-migration"
ASKS = {
    "title": {"type": "plain_text", "text": "Really <so>?"},
    "text": {"type": "mrkdwn", "text": "*Terms* apply."},
    "confirm": {"type": "plain_text", "text": "Yes, install"},
    "deny": {"type": "plain_text", "text": "Not now"},
}


def button(action_id: str, **more: Any) -> dict[str, Any]:
    text = {"type": "plain_text", "text": action_id.title()}
    return {"type": "button", "action_id": action_id, "text": text, **more}


BLOCKS = [
    {"type": "header", "text": {"type": "plain_text", "text": "Head & shoulders"}},
    {"type": "section", "text": {"type": "mrkdwn", "text": "See <https://x.example/a?b=1|here>"}},
    {"type": "section", "fields": [{"type": "mrkdwn", "text": "*Org*\nAcme"}]},
    {"type": "divider"},
    {"type": "context", "elements": [{"type": "mrkdwn", "text": "Small `print`"}]},
    {
        "type": "actions",
        "elements": [
            button("approve", value="c", style="primary", confirm=ASKS),
            button("decline", value="c"),
            button("open", url="https://x.example/page"),
        ],
    },
]


@pytest.fixture
def slack(clock: FixedClock) -> Iterator[SlackSimulator]:
    document = SimulatedSlack(
        people=[SimulatedPerson(name="ada"), SimulatedPerson(name="bob")],
        channels=[SimulatedChannel(name=NAME), SimulatedChannel(name="other", is_archived=True)],
    )
    with SlackSimulator(document, clock=clock) as running:
        yield running


@pytest.fixture
def endpoint(slack: SlackSimulator) -> Iterator[Endpoint]:
    with served() as made:
        slack.app.interactivity_url = made.url
        yield made


@pytest.fixture
def ts(slack: SlackSimulator) -> str:
    """A message that has everything."""
    answer = requests.post(
        f"{slack.base_url}/api/chat.postMessage",
        json={"channel": NAME, "text": "Fallback", "blocks": BLOCKS},
        headers={"Authorization": f"Bearer {slack.app.bot_token}"},
        timeout=5,
    )
    return str(answer.json()["ts"])


def press(slack: SlackSimulator, ts: str, action_id: str, **more: str) -> requests.Response:
    return requests.post(
        f"{slack.base_url}/channels/{NAME}/press",
        data={"ts": ts, "action_id": action_id, **more},
        allow_redirects=False,
        timeout=5,
    )


def page(slack: SlackSimulator, path: str = "/") -> str:
    answer = requests.get(slack.base_url + path, timeout=5)
    assert answer.status_code == 200
    return answer.text


def test_the_first_channel_is_shown_first(slack: SlackSimulator) -> None:
    assert f"<h1># {NAME}</h1>" in page(slack)
    assert "Nobody has posted anything yet." in page(slack)
    assert "archived" in page(slack, "/channels/other")


def test_a_message_is_shown_with_all_of_its_blocks(slack: SlackSimulator, ts: str) -> None:
    html = page(slack)

    for shown in (
        "<h2>Head &amp; shoulders</h2>",
        '<a href="https://x.example/a?b=1" target="_blank" rel="noreferrer">here</a>',
        "<strong>Org</strong><br>Acme",
        "<hr>",
        "Small <code>print</code>",
        'class="primary">Approve</button>',
        f'data-ts="{ts}"',
    ):
        assert shown in html
    assert "Fallback" not in html


def test_a_press_reaches_the_app_with_who_pressed(
    slack: SlackSimulator, ts: str, endpoint: Endpoint
) -> None:
    answer = press(slack, ts, "decline", **{"as": "bob"})

    assert answer.status_code == 303
    assert answer.headers["Location"] == f"/channels/{NAME}?as=bob#m{ts}"
    assert endpoint.payload()["user"]["name"] == "bob"


def test_a_button_may_ask_back_first(slack: SlackSimulator, ts: str, endpoint: Endpoint) -> None:
    answer = press(slack, ts, "approve")

    assert answer.status_code == 200
    for shown in ("Really &lt;so&gt;?", "<strong>Terms</strong> apply.", "Yes, install", "Not now"):
        assert shown in answer.text
    assert endpoint.received == []
    assert press(slack, ts, "approve", confirmed="yes").status_code == 303
    assert endpoint.payload()["actions"][0]["action_id"] == "approve"


def test_a_button_with_a_link_opens_it_and_tells_the_app(
    slack: SlackSimulator, ts: str, endpoint: Endpoint
) -> None:
    answer = press(slack, ts, "open")

    assert answer.headers["Location"] == "https://x.example/page"
    assert len(endpoint.received) == 1


def test_a_press_that_comes_to_nothing_is_shown_with_the_message(
    slack: SlackSimulator, ts: str, endpoint: Endpoint
) -> None:
    endpoint.status = 500
    press(slack, ts, "decline")

    assert "This app responded with status code 500." in page(slack)
    endpoint.status = 200
    press(slack, ts, "decline")
    assert "status code" not in page(slack)


def test_a_window_that_was_opened_before_an_answer_still_has_the_buttons(
    slack: SlackSimulator, ts: str, endpoint: Endpoint
) -> None:
    press(slack, ts, "decline")
    address = endpoint.reply_url().replace("https://hooks.slack.com", slack.base_url)
    requests.post(address, json={"text": "Declined", "replace_original": True}, timeout=5)

    late = press(slack, ts, "approve", confirmed="yes", **{"as": "bob"})

    assert late.status_code == 303
    assert endpoint.payload()["user"]["name"] == "bob"
    assert "Declined" in page(slack)
    assert ">Approve</button>" not in page(slack)


@pytest.mark.parametrize(
    ("path", "method"),
    [("/nothing", "GET"), ("/channels/nobody", "GET"), (f"/channels/{NAME}/press", "POST"),
     ("/channels/nobody/press", "POST"), ("/api/auth.test", "GET")],
)  # fmt: skip
def test_what_is_not_there_is_not_found(slack: SlackSimulator, path: str, method: str) -> None:
    assert requests.request(method, slack.base_url + path, timeout=5).status_code == 404


def test_people_choose_as_whom_they_read(slack: SlackSimulator) -> None:
    assert "you are Bob" in page(slack, f"/channels/{NAME}?as=bob")
    assert "you are Ada" in page(slack, f"/channels/{NAME}?as=nobody")


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("*b* _i_ ~s~ `c`", "<strong>b</strong> <em>i</em> <s>s</s> <code>c</code>"),
        ("zoom_migrator_x 2*3*4", "zoom_migrator_x 2*3*4"),
        ("&lt;b&gt; &amp;amp; <", "&lt;b&gt; &amp;amp; &lt;"),
        ("a\nb", "a<br>b"),
        ("<!channel>", "<b>!channel</b>"),
        ("<javascript:alert(1)|x>", "<b>x</b>"),
        ("*<https://x.example|y>*",
         '<strong><a href="https://x.example" target="_blank" rel="noreferrer">y</a></strong>'),
    ],
)  # fmt: skip
def test_markup_is_shown_as_slack_shows_it(text: str, html: str) -> None:
    assert str(as_html({"type": "mrkdwn", "text": text, "verbatim": True})) == html


def test_a_bare_address_becomes_a_link_unless_the_app_forbids_it() -> None:
    bare = {"type": "mrkdwn", "text": "see https://x.example/a"}

    assert "<a href" in str(as_html(bare))
    assert "<a" not in str(as_html({**bare, "verbatim": True}))
    assert str(as_html({"type": "plain_text", "text": "*x* <y>"})) == "*x* &lt;y&gt;"
