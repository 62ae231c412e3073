"""``zoom-migrator demo``: moving the demo's clock makes the reminders come."""

from __future__ import annotations

import fcntl
import json
import stat
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from tests.cli.notice_desk import NoticeDesk
from tests.cli.reminding import InMemoryReminding
from tests.notices import ADMIN, addresses
from zoom_migrator.domain.errors import StoreUnavailable
from zoom_migrator_cli.demo.shared import CLOCK_VARIABLE
from zoom_migrator_cli.main import app

LOOPBACK = "http://127.0.0.1:4566"
# Known for as long as the tests' deadline is twenty days away: today is 1 July 2026.
KNOWN_FOR = 1


class DemoDesk(NoticeDesk):
    """Types commands about the clock of a demo with one org, whose JWT ends in twenty days."""

    def __init__(self, file: Path) -> None:
        super().__init__()
        self.file = file
        self.world.register(days_known=KNOWN_FOR)
        self.reminding = InMemoryReminding(self.world)
        self.connection.endpoint_url = LOOPBACK
        self.connection.__dict__["reminding"] = self.reminding

    def types(self, *words: str, answers: str | None = None) -> Result:
        """Type a command about the clock."""
        return CliRunner(env={"COLUMNS": "200", "NO_COLOR": "1"}).invoke(
            app, ["demo", *words], obj=self.connection, input=answers
        )


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> DemoDesk:
    monkeypatch.setenv("TERM", "dumb")
    file = tmp_path / "clock"
    monkeypatch.setenv(CLOCK_VARIABLE, str(file))
    return DemoDesk(file)


class TestAdvance:
    def test_people_are_reminded_of_each_day_that_passes(self, desk: DemoDesk) -> None:
        result = desk.types("advance", "20d")

        assert result.exit_code == 0, result.output
        assert desk.reminding.asked == list(range(1, 21))
        assert result.stdout.splitlines()[:5] == [
            "2026-07-07: 1 org due; 2 messages ordered.",
            "2026-07-14: 1 org due; 2 messages ordered.",
            "2026-07-18: 1 org due; 2 messages ordered.",
            "2026-07-20: 1 org due; 2 messages ordered.",
            "2026-07-21: 1 org due; 2 messages ordered.",
        ]
        assert "stands at 2026-07-21, 20 days ahead. Only reminders" in result.stdout
        assert len([each for each in addresses(desk.world.sent) if each == ADMIN.address]) == 5

    def test_the_clock_goes_on_from_where_it_stands(self, desk: DemoDesk) -> None:
        first = desk.reads_json("advance", "7d")
        second = desk.reads_json("advance", "7d")

        told = {"due": 1, "late": 0, "messages": 2}
        assert first == {
            "day": "2026-07-08",
            "days_ahead": 7,
            "reminded": [{"day": "2026-07-07", **told}],
        }
        assert second == {
            "day": "2026-07-15",
            "days_ahead": 14,
            "reminded": [{"day": "2026-07-14", **told}],
        }
        assert desk.reminding.asked == list(range(1, 15))

    def test_where_nothing_is_due_it_says_so(self, desk: DemoDesk) -> None:
        result = desk.types("advance", "1d")

        assert "Nobody was to be reminded of anything within 1 day." in result.stdout
        assert "stands at 2026-07-02, 1 day ahead." in result.stdout

    def test_what_is_late_is_said(self, desk: DemoDesk) -> None:
        desk.world.register(2, days_known=365)

        assert "2026-07-02: 1 org due, 1 of them late;" in desk.types("advance", "1d").stdout

    def test_where_a_day_fails_the_clock_stands_at_the_day_before(self, desk: DemoDesk) -> None:
        desk.reminding.fails_at[3] = StoreUnavailable("The queue is out of reach.")

        result = desk.types("advance", "7d")

        assert result.exit_code == 5
        assert "out of reach" in result.stderr
        assert desk.reads_json("clock")["days_ahead"] == 2
        desk.reminding.fails_at.clear()
        assert desk.reads_json("advance", "5d")["days_ahead"] == 7
        assert desk.reminding.asked == [1, 2, 3, 3, 4, 5, 6, 7]

    @pytest.mark.parametrize("by", ["0d", "401d", "7", "36h", "-1d", "1.5d", "d", "1000d", "٣d"])
    def test_anything_but_whole_days_is_a_wrong_command_line(self, desk: DemoDesk, by: str) -> None:
        assert desk.types("advance", "--", by).exit_code == 2
        assert desk.reminding.asked == []

    def test_it_has_an_end(self, desk: DemoDesk) -> None:
        desk.file.write_text('{"days_ahead": 394}', encoding="utf-8")

        refused = desk.reads_json("advance", "7d", exit_code=7)

        assert "400 days ahead at most, and is 394 days ahead" in refused["error"]["message"]
        assert desk.reminding.asked == []

    def test_two_commands_do_not_move_it_at_the_same_time(self, desk: DemoDesk) -> None:
        with desk.file.with_name("clock.lock").open("w", encoding="utf-8") as held:
            fcntl.flock(held, fcntl.LOCK_EX)
            refused = desk.types("advance", "7d")

        assert refused.exit_code == 5
        assert "Another command is moving the demo's clock." in refused.stderr
        assert desk.reminding.asked == []
        assert desk.types("advance", "7d").exit_code == 0


class TestTheClock:
    def test_it_stands_at_today_before_it_was_moved(self, desk: DemoDesk) -> None:
        assert "stands at 2026-07-01, today." in desk.types("clock").stdout
        assert desk.reads_json("clock") == {"day": "2026-07-01", "days_ahead": 0}
        assert not desk.file.exists()

    def test_it_goes_on_with_the_real_one(self, desk: DemoDesk) -> None:
        desk.types("advance", "7d")
        desk.world.later(days=1)

        assert desk.reads_json("clock") == {"day": "2026-07-09", "days_ahead": 7}

    def test_its_file_is_its_owners_alone_and_leaves_nothing_beside_it(
        self, desk: DemoDesk
    ) -> None:
        desk.types("advance", "7d")

        assert json.loads(desk.file.read_text(encoding="utf-8")) == {"days_ahead": 7}
        found = {
            each.name: stat.S_IMODE(each.stat().st_mode) for each in desk.file.parent.iterdir()
        }
        assert found == {"clock": 0o600, "clock.lock": 0o600}

    @pytest.mark.parametrize(
        "text",
        [
            *("", "7", "[]", "{}", "\ufffe", "[" * 100_000),
            *('{"days_ahead": "7"}', '{"days_ahead": true}', '{"days_ahead": -1}'),
            '{"days_ahead": 401}',
        ],
    )
    @pytest.mark.parametrize("words", [("clock",), ("advance", "1d")])
    def test_a_file_that_is_damaged_is_named_with_what_to_do(
        self, desk: DemoDesk, text: str, words: tuple[str, ...]
    ) -> None:
        desk.file.write_text(text, encoding="utf-8")

        result = desk.types(*words)

        assert result.exit_code == 7
        assert f"is damaged: {desk.file}" in result.stderr
        assert "Delete it." in result.stderr
        assert desk.reminding.asked == []

    def test_a_demo_that_is_over_is_said_to_be(
        self, desk: DemoDesk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv(CLOCK_VARIABLE, str(desk.file / "gone" / "clock"))

        result = desk.types("advance", "1d")

        assert result.exit_code == 7
        assert "make demo" in result.stderr

    def test_a_folder_in_its_place_cannot_be_used(self, desk: DemoDesk) -> None:
        desk.file.mkdir()

        assert desk.types("clock").exit_code == 7


class TestWhoseClock:
    @pytest.mark.parametrize(
        "endpoint_url",
        [
            None,
            "https://lambda.eu-central-1.amazonaws.com",
            "http://10.0.0.1:4566",
            "http://127.0.0.1.example.com:4566",
            "http://localhost.example.com",
            "http://127.0.0.1@example.com",
            "http://[oops",
        ],
    )
    @pytest.mark.parametrize("words", [("clock",), ("advance", "7d")])
    def test_an_aws_that_is_not_on_this_machine_has_none(
        self, desk: DemoDesk, endpoint_url: str | None, words: tuple[str, ...]
    ) -> None:
        desk.connection.endpoint_url = endpoint_url

        self.is_refused(desk, *words)

    @pytest.mark.parametrize("words", [("clock",), ("advance", "7d")])
    def test_a_local_aws_without_a_demo_has_none(
        self, desk: DemoDesk, words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.delenv(CLOCK_VARIABLE)

        self.is_refused(desk, *words)

    @pytest.mark.parametrize("endpoint_url", ["http://localhost:4566", "http://[::1]:4566"])
    def test_every_address_of_this_machine_will_do(self, desk: DemoDesk, endpoint_url: str) -> None:
        desk.connection.endpoint_url = endpoint_url

        assert desk.types("clock").exit_code == 0

    @staticmethod
    def is_refused(desk: DemoDesk, *words: str) -> None:
        refused: Any = desk.reads_json(*words, exit_code=7)["error"]
        assert refused["message"].startswith("Only the demo has a clock that can be moved")
        assert "make demo" in refused["remedy"]
        assert desk.reminding.asked == []
        assert list(desk.file.parent.iterdir()) == []
