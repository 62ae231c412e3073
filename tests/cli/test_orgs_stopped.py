"""An org says by which ways nobody can be told of it."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from tests.builders import NOW
from tests.cli.notice_desk import ORG, NoticeDesk
from tests.notices import ADMIN, FLEETS_CHANNEL
from zoom_migrator.domain.delivery import FailureKind, SendFailure
from zoom_migrator.domain.mute import ChannelTrouble, Suppression
from zoom_migrator_cli.main import app


@pytest.fixture
def desk() -> NoticeDesk:
    return NoticeDesk()


def shown(desk: NoticeDesk, *words: str) -> str:
    result = CliRunner(env={"COLUMNS": "200", "NO_COLOR": "1"}).invoke(
        app, ["orgs", "show", ORG, *words], obj=desk.connection
    )
    assert result.exit_code == 0, result.output
    return result.stdout


def test_a_channel_that_refuses_for_good_is_named_with_its_orgs(desk: NoticeDesk) -> None:
    desk.world.slack.refuse("#zoom", SendFailure(FailureKind.ADDRESS, "is_archived"))
    desk.world.notify(desk.world.has_news())

    assert "Slack's #zoom takes nothing (is_archived)" in shown(desk)
    assert "the operators are told by mail" in shown(desk)


def test_an_orgs_own_channel_counts_in_place_of_the_fleets(desk: NoticeDesk) -> None:
    desk.world.register(slack_channel="#acme")
    for channel in (FLEETS_CHANNEL.address, "#acme"):
        desk.world.contacts.note_trouble(ChannelTrouble(channel, "not_in_channel", NOW, NOW))

    assert "#acme takes nothing" in shown(desk)
    assert FLEETS_CHANNEL.address not in shown(desk)


def test_an_admin_whose_address_is_stopped_is_named(desk: NoticeDesk) -> None:
    desk.world.register()
    desk.world.contacts.suppress(Suppression(ADMIN.address, "bounce", NOW))

    assert f"{ADMIN.address} takes nothing (bounce)" in shown(desk)
    (stop,) = json.loads(shown(desk, "--json"))["takes_no_notices"]
    assert (stop["channel"], stop["address"], stop["error"]) == ("email", ADMIN.address, "bounce")


def test_where_all_is_well_nothing_is_said(desk: NoticeDesk) -> None:
    desk.world.register()

    assert "takes nothing" not in shown(desk)
    assert json.loads(shown(desk, "--json"))["takes_no_notices"] == []


def test_an_older_stack_that_tells_nobody_shows_its_orgs_all_the_same(desk: NoticeDesk) -> None:
    desk.world.register()
    del desk.outputs["PublicBaseUrl"]

    assert ORG in shown(desk)
