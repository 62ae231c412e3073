"""What each of Slack's documented answers means."""

from __future__ import annotations

from datetime import timedelta

import pytest

from local.slack import Fault, FaultKind, Phase
from tests.adapters.salesforce.scripted import Reply, ScriptedServer, answer, http
from tests.adapters.slack.lab import CHANNEL, SlackLab, a_message, channel_to, failed
from zoom_migrator.adapters.slack.secret import SlackAccess
from zoom_migrator.domain.delivery import FailureKind, SendResult, Sent

K = FailureKind
ACCESS = SlackAccess(bot_token="xoxb-1-2-canary", webhook_url="https://hooks.slack.com/services/x")

# Source: Slack, chat.postMessage, "Errors".
METHOD_ERRORS = {
    "access_denied": K.ACCESS,
    "account_inactive": K.ACCESS,
    "accesslimited": K.ACCESS,
    "as_user_not_supported": K.MESSAGE,
    "attachment_payload_limit_exceeded": K.MESSAGE,
    "cannot_reply_to_message": K.MESSAGE,
    "channel_not_found": K.ADDRESS,
    "deprecated_endpoint": K.ACCESS,
    "duplicate_channel_not_found": K.MESSAGE,
    "duplicate_message_not_found": K.MESSAGE,
    "ekm_access_denied": K.ACCESS,
    "enterprise_is_restricted": K.ACCESS,
    "fatal_error": K.UNKNOWN,
    "internal_error": K.UNKNOWN,
    "invalid_arg_name": K.MESSAGE,
    "invalid_arguments": K.MESSAGE,
    "invalid_array_arg": K.MESSAGE,
    "invalid_attachments": K.MESSAGE,
    "invalid_auth": K.ACCESS,
    "invalid_blocks": K.MESSAGE,
    "invalid_blocks_format": K.MESSAGE,
    "invalid_charset": K.MESSAGE,
    "invalid_form_data": K.MESSAGE,
    "invalid_metadata_format": K.MESSAGE,
    "invalid_post_type": K.MESSAGE,
    "is_archived": K.ADDRESS,
    "is_inactive": K.ADDRESS,
    "markdown_text_conflict": K.MESSAGE,
    "message_limit_exceeded": K.RATE_LIMITED,
    "messages_tab_disabled": K.ADDRESS,
    "metadata_too_large": K.MESSAGE,
    "method_deprecated": K.ACCESS,
    "missing_post_type": K.MESSAGE,
    "missing_scope": K.ACCESS,
    "msg_blocks_too_long": K.MESSAGE,
    "msg_too_long": K.MESSAGE,
    "no_permission": K.ACCESS,
    "no_text": K.MESSAGE,
    "not_allowed_token_type": K.ACCESS,
    "not_authed": K.ACCESS,
    "not_in_channel": K.ADDRESS,
    "org_login_required": K.ACCESS,
    "rate_limited": K.RATE_LIMITED,
    "ratelimited": K.RATE_LIMITED,
    "request_timeout": K.TRANSIENT,
    "restricted_action": K.ADDRESS,
    "restricted_action_non_threadable_channel": K.ADDRESS,
    "restricted_action_read_only_channel": K.ADDRESS,
    "restricted_action_thread_locked": K.ADDRESS,
    "restricted_action_thread_only_channel": K.ADDRESS,
    "service_unavailable": K.TRANSIENT,
    "slack_connect_blocked_file_type": K.MESSAGE,
    "slack_connect_canvas_sharing_blocked": K.MESSAGE,
    "slack_connect_clip_sharing_blocked": K.MESSAGE,
    "slack_connect_file_link_sharing_blocked": K.MESSAGE,
    "slack_connect_file_upload_sharing_blocked": K.MESSAGE,
    "team_access_not_granted": K.ACCESS,
    "team_added_to_org": K.ACCESS,
    "team_not_found": K.ADDRESS,
    "token_expired": K.ACCESS,
    "token_revoked": K.ACCESS,
    "too_many_attachments": K.MESSAGE,
    "too_many_contact_cards": K.MESSAGE,
    "two_factor_setup_required": K.ACCESS,
    "an_error_of_next_year": K.MESSAGE,
}
# Source: Slack, "Incoming webhooks", and its changelog of May 2016.
WEBHOOK_ERRORS = {
    "action_prohibited": K.ADDRESS,
    "channel_is_archived": K.ADDRESS,
    "channel_not_found": K.ADDRESS,
    "invalid_blocks": K.MESSAGE,
    "invalid_payload": K.MESSAGE,
    "invalid_token": K.ACCESS,
    "missing_text_or_fallback_or_attachments": K.MESSAGE,
    "no_active_hooks": K.ADDRESS,
    "no_service": K.ADDRESS,
    "no_team": K.ACCESS,
    "no_text": K.MESSAGE,
    "posting_to_general_channel_denied": K.ADDRESS,
    "rollup_error": K.TRANSIENT,
    "team_disabled": K.ACCESS,
    "too_many_attachments": K.MESSAGE,
    "user_not_found": K.ADDRESS,
}


@pytest.mark.parametrize(("error", "kind"), METHOD_ERRORS.items())
def test_every_documented_error_of_a_method(lab: SlackLab, error: str, kind: K) -> None:
    lab.simulator.faults.add(Fault(kind=FaultKind.ERROR, phase=Phase.METHOD, error=error))

    result = failed(lab.post())

    assert (result.kind, result.error) == (kind, error)


@pytest.mark.parametrize(("error", "kind"), WEBHOOK_ERRORS.items())
def test_every_documented_error_of_a_webhook(lab: SlackLab, error: str, kind: K) -> None:
    lab.simulator.faults.add(Fault(kind=FaultKind.ERROR, phase=Phase.WEBHOOK, error=error))

    result = failed(lab.post(""))

    assert (result.kind, result.error) == (kind, error)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (301, K.ADDRESS),
        (400, K.MESSAGE),
        (401, K.ACCESS),
        (403, K.ADDRESS),
        (404, K.ADDRESS),
        (408, K.TRANSIENT),
        (410, K.ADDRESS),
        (413, K.MESSAGE),
        (429, K.RATE_LIMITED),
        (500, K.UNKNOWN),
        (502, K.UNKNOWN),
        (503, K.TRANSIENT),
        (504, K.UNKNOWN),
    ],
)
@pytest.mark.parametrize("address", [CHANNEL, ""])
def test_a_status_without_a_known_error(lab: SlackLab, address: str, status: int, kind: K) -> None:
    lab.simulator.faults.add(Fault(kind=FaultKind.STATUS, status=status))

    result = failed(lab.post(address))

    assert (result.kind, result.error) == (kind, f"http_{status}")


@pytest.mark.parametrize(
    ("header", "wait"),
    [
        ("1", timedelta(seconds=1)),
        ("120", timedelta(minutes=2)),
        ("0", timedelta(seconds=1)),
        ("999999", timedelta(hours=1)),
        ("9" * 30, None),
        ("-5", None),
        ("1.5", None),
        ("Wed, 21 Oct 2026 07:28:00 GMT", None),
        ("", None),
        (None, None),
    ],
)
def test_how_long_to_wait_is_read_as_seconds_and_never_slept(
    lab: SlackLab, header: str | None, wait: timedelta | None
) -> None:
    lab.simulator.faults.add(Fault(kind=FaultKind.RATE_LIMITED, retry_after=header))

    result = failed(lab.post())

    assert (result.kind, result.retry_after) == (K.RATE_LIMITED, wait)


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (answer({"ok": False, "error": "<canary>"}), K.UNKNOWN),
        (answer({"ok": False}), K.UNKNOWN),
        (answer({"ok": "true"}), K.UNKNOWN),
        (answer({"ok": 1}), K.UNKNOWN),
        (answer(["canary"]), K.UNKNOWN),
        (answer("canary"), K.UNKNOWN),
        (answer(None), K.UNKNOWN),
        (http(200, b""), K.UNKNOWN),
        (http(200, b"[" * 100_000), K.UNKNOWN),
        (http(200, b"\xff\xfe canary"), K.UNKNOWN),
        (http(204), K.UNKNOWN),
        (answer({"ok": True, "ts": "1.2"}, status=500), K.UNKNOWN),
        (answer({"ok": False, "error": "canary " * 99}, status=400), K.MESSAGE),
        (Reply(b"HTTP/1.1 200\r\n\r\n", closes=True), K.UNKNOWN),
        (Reply(b"canary\r\n\r\n", closes=True), K.UNKNOWN),
        (Reply(closes=True), K.UNKNOWN),
        (Reply(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{}", closes=True), K.UNKNOWN),
        (Reply(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{}", resets=True), K.UNKNOWN),
    ],
)
def test_an_odd_answer_never_counts_as_sent_and_is_not_repeated_to_anybody(
    scripted: ScriptedServer, reply: Reply, kind: K
) -> None:
    channel = channel_to(scripted.base_url, ACCESS)
    results: list[SendResult] = []
    for address in (CHANNEL, ""):
        scripted.will_reply(reply)
        results.append(channel.post(address, a_message()))

    for result in results:
        assert failed(result).kind is kind
        assert "canary" not in repr(result)
    assert scripted.connections == 2


@pytest.mark.parametrize("ts", ["", "1.2<canary>", 17, None, {"a": 1}])
def test_a_message_that_was_posted_counts_as_sent_however_odd_its_time_is(
    scripted: ScriptedServer, ts: object
) -> None:
    scripted.will_reply(answer({"ok": True, "ts": ts}))

    assert channel_to(scripted.base_url, ACCESS).post(CHANNEL, a_message()) == Sent()


def test_an_answer_that_trickles_in_is_not_waited_for_beyond_its_time(
    scripted: ScriptedServer,
) -> None:
    scripted.will_reply(Reply(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{", stalls=True))

    result = failed(channel_to(scripted.base_url, ACCESS, seconds=0.3).post("", a_message()))

    assert (result.kind, result.error) == (K.UNKNOWN, "timed_out")


def test_the_token_goes_to_slacks_api_alone(scripted: ScriptedServer) -> None:
    channel = channel_to(scripted.base_url, ACCESS)
    scripted.will_reply(answer({"ok": True}), http(200, b"ok"), http(200, b"ok"))

    channel.post(CHANNEL, a_message())
    channel.post("", a_message())
    channel.reply("https://hooks.slack.com/actions/T/1/x", "Done")

    method, hook, reply = scripted.received
    assert method.line == "POST /api/chat.postMessage HTTP/1.1"
    assert (method.headers["host"], hook.headers["host"], reply.headers["host"]) == (
        "slack.com",
        "hooks.slack.com",
        "hooks.slack.com",
    )
    assert method.headers["authorization"] == "Bearer xoxb-1-2-canary"
    assert "authorization" not in hook.headers
    assert "authorization" not in reply.headers
