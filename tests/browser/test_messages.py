"""How messages look where people read them: mail in a mailbox, and a channel of Slack."""

from __future__ import annotations

import smtplib
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from pathlib import Path
from typing import Any, Final

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from local.gateway import Gateway, Handlers
from local.inbox import Inbox
from local.slack import SimulatedPerson, SimulatedSlack, SlackSimulator
from scripts.notice_examples import notices
from scripts.render_notices import telling_of, telling_of_scan
from tests.adapters.slack.lab import CHANNEL, SlackLab, a_message, with_choices
from tests.adapters.web.test_markup import contrast
from tests.browser.looks import COLOURS, Scheme, both_schemes, width_of
from zoom_migrator.adapters.mail.html import as_html
from zoom_migrator.adapters.mail.text import as_text
from zoom_migrator.adapters.memory.messengers import InMemoryNoticeQueue
from zoom_migrator.adapters.slack.secret import StoredSlackAccess
from zoom_migrator.adapters.system import SystemClock
from zoom_migrator.adapters.web.machine_entrance import answer_machine
from zoom_migrator.adapters.web.slack_interactions import SlackInteractions
from zoom_migrator.domain.delivery import Sent
from zoom_migrator.domain.digest_words import digest_of
from zoom_migrator.domain.notice_message import AnyMessage
from zoom_migrator.domain.notice_order import PressOrder
from zoom_migrator.domain.notice_words import message_of

MUTE: Final = "https://migrator.example/mute/claims.signature"
TELLINGS: Final = [*map(telling_of, notices()), telling_of_scan()]
MESSAGES: Final[dict[str, AnyMessage]] = {
    **{telling.kind.value: message_of(telling) for telling in TELLINGS},
    "digest": digest_of(TELLINGS, lambda telling: telling.action),
}
WIDTHS: Final = (320, 360, 1_000)
ADMIN: Final = "admin@acme.example"


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    with chromium.new_context(viewport={"width": 1_000, "height": 900}) as context:
        context.set_default_timeout(10_000)
        yield context


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


@pytest.fixture
def asked(context: BrowserContext) -> list[str]:
    """Every address that the browser asks for anything."""
    addresses: list[str] = []
    context.on("request", lambda request: addresses.append(request.url))
    return addresses


def reads_well(page: Page, widths: tuple[int, ...] = WIDTHS) -> None:
    """Everything is in sight at every width, and dark or light enough against what is behind."""
    for width in widths:
        page.set_viewport_size({"width": width, "height": 900})
        assert width_of(page) <= width
    pairs = page.evaluate(COLOURS)
    assert len(pairs) > 3
    assert [pair for pair in pairs if contrast(*pair) < 4.5] == []


@both_schemes
@pytest.mark.parametrize("kind", MESSAGES)
def test_a_mail_reads_well_on_every_screen_and_fetches_nothing(
    page: Page, asked: list[str], pictures: Path, kind: str, scheme: Scheme
) -> None:
    page.emulate_media(color_scheme=scheme)

    page.set_content(as_html(MESSAGES[kind], unsubscribe_url=MUTE))

    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.locator("body > div").first).to_be_hidden()
    reads_well(page)
    page.set_viewport_size({"width": 360, "height": 900})
    page.screenshot(path=pictures / f"mail-{kind}-{scheme}.png", full_page=True)
    assert asked == []


def test_a_mail_reads_well_where_a_mailbox_drops_its_stylesheet(page: Page) -> None:
    page.emulate_media(color_scheme="dark")
    page.set_content(as_html(MESSAGES["digest"]))

    page.evaluate("() => document.querySelectorAll('style').forEach(each => each.remove())")

    reads_well(page)


class TestInbox:
    @pytest.fixture
    def inbox(self) -> Iterator[Inbox]:
        with Inbox() as inbox:
            send(inbox, MESSAGES["deadline_near"])
            send(inbox, MESSAGES["digest"])
            yield inbox

    @both_schemes
    @pytest.mark.parametrize(
        "path", ["/", "/mails/1", "/mails/1?part=text", "/mails/1?part=source"]
    )
    def test_its_pages_read_well(
        self, page: Page, inbox: Inbox, path: str, scheme: Scheme, pictures: Path
    ) -> None:
        page.emulate_media(color_scheme=scheme)

        page.goto(inbox.base_url + path)

        reads_well(page)
        name = path.strip("/").replace("/", "-").replace("?part=", "-") or "list"
        page.screenshot(path=pictures / f"inbox-{name}-{scheme}.png", full_page=True)

    def test_a_mail_is_opened_from_the_list_and_its_links_open_elsewhere(
        self, page: Page, context: BrowserContext, inbox: Inbox
    ) -> None:
        context.route("https://migrator.example/**", lambda route: route.fulfill(body="The page"))
        page.goto(inbox.base_url)

        page.get_by_text(MESSAGES["deadline_near"].subject).click()
        mail = page.frame_locator("iframe")
        with context.expect_page() as opened:
            mail.get_by_role("link", name="Look at the upgrade").click()

        expect(opened.value.get_by_text("The page")).to_be_visible()
        assert opened.value.url.startswith("https://migrator.example/approve/")


class TestSlack:
    """From a message to a press, and to what the message says then."""

    @dataclass
    class Workspace:
        """The simulator, and the product's endpoint for presses."""

        slack: SlackSimulator
        queue: InMemoryNoticeQueue = field(default_factory=InMemoryNoticeQueue)

        def handle(self, event: dict[str, Any]) -> dict[str, Any]:
            clock = SystemClock()
            secret = f'{{"signing_secret": "{self.slack.app.signing_secret}"}}'
            endpoint = SlackInteractions(
                StoredSlackAccess(lambda: secret, clock), self.queue, clock
            )
            routes = {"/slack/interactions": {"POST": endpoint.take}}
            return answer_machine(event, routes=routes, reference="req-4711")

    @pytest.fixture
    def workspace(self) -> Iterator[Workspace]:
        document = SimulatedSlack(
            people=[SimulatedPerson(name="ada.admin"), SimulatedPerson(name="bob")]
        )
        with SlackSimulator(document) as slack:
            workspace = self.Workspace(slack)
            with Gateway(Handlers({"/slack/interactions": workspace.handle})) as gateway:
                slack.app.interactivity_url = f"{gateway.base_url}/slack/interactions"
                yield workspace

    def test_an_answer_takes_a_press_and_a_confirmation(
        self, page: Page, workspace: Workspace
    ) -> None:
        slack, lab = workspace.slack, SlackLab(workspace.slack)
        assert isinstance(lab.post(message=with_choices(a_message())), Sent)
        page.goto(slack.base_url)

        page.get_by_role("button", name="Approve").click()
        expect(page.get_by_text("Terms apply.")).to_be_visible()
        assert workspace.queue.orders == []
        page.get_by_role("button", name="Install").click()

        expect(page.get_by_role("button", name="Approve")).to_be_visible()
        expect(page.get_by_role("alert")).to_have_count(0)
        (order,) = workspace.queue.take()
        assert isinstance(order, PressOrder)
        assert order.by.name == "ada.admin"
        assert lab.channel().reply(order.reply_url, "Ada approved it.") == Sent()
        page.reload()
        expect(page.get_by_text("Ada approved it.")).to_be_visible()
        expect(page.get_by_text("(edited)")).to_be_visible()
        expect(page.get_by_role("button", name="Approve")).to_have_count(0)

    def test_a_press_that_is_not_signed_with_the_apps_secret_is_shown_to_have_failed(
        self, page: Page, workspace: Workspace
    ) -> None:
        slack = workspace.slack
        SlackLab(slack).post(message=with_choices(a_message()))

        slack.press("decline", forged=True)

        page.goto(slack.base_url)
        expect(page.get_by_role("alert")).to_contain_text("status code 401")
        assert workspace.queue.orders == []

    def test_a_channel_opens_at_its_newest_message_and_stays_where_somebody_reads(
        self, page: Page, workspace: Workspace
    ) -> None:
        lab = SlackLab(workspace.slack)
        for message in list(MESSAGES.values())[:8]:
            lab.channel().post(CHANNEL, message)
        page.clock.install()
        page.goto(workspace.slack.base_url)
        newest = page.get_by_role("article").last
        expect(newest).to_be_in_viewport()

        lab.post(message=with_choices(a_message()))
        page.clock.run_for(15_000)

        expect(page.get_by_role("button", name="Approve")).to_be_in_viewport()
        oldest = page.get_by_role("article").first
        oldest.scroll_into_view_if_needed()
        lab.post(message=with_choices(a_message()))
        page.clock.run_for(15_000)
        expect(page.get_by_role("button", name="Approve")).to_have_count(2)
        expect(oldest).to_be_in_viewport()

    @both_schemes
    def test_a_channel_reads_well(
        self, page: Page, workspace: Workspace, scheme: Scheme, pictures: Path
    ) -> None:
        channel = SlackLab(workspace.slack).channel()
        page.emulate_media(color_scheme=scheme)
        for message in [
            with_choices(a_message()),
            *list(MESSAGES.values())[:8],
            MESSAGES["digest"],
        ]:
            assert isinstance(channel.post(CHANNEL, message), Sent)

        page.goto(workspace.slack.base_url)

        reads_well(page)
        page.screenshot(path=pictures / f"slack-channel-{scheme}.png", full_page=True)
        page.get_by_role("button", name="Approve").first.click()
        reads_well(page)


def send(inbox: Inbox, message: AnyMessage) -> None:
    """Send a mail as the embedded AWS relays it."""
    mail = MIMEMultipart("alternative")
    mail.attach(MIMEText(as_text(message, unsubscribe_url=MUTE), "plain", "utf-8"))
    mail.attach(MIMEText(as_html(message, unsubscribe_url=MUTE), "html", "utf-8"))
    mail["Subject"], mail["From"], mail["To"] = message.subject, "m@migrator.example", ADMIN
    mail["List-Unsubscribe"] = f"<{MUTE}>"
    mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    with smtplib.SMTP("127.0.0.1", inbox.smtp_port, timeout=5) as smtp:
        smtp.sendmail("m@migrator.example", [ADMIN], mail.as_string())
