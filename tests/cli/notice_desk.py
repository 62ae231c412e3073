"""Whoever types commands about notices, while people are really told between them."""

from __future__ import annotations

import json
from typing import Any

from typer.testing import CliRunner, Result

from tests.builders import org_id_of
from tests.cli.conftest import ACTOR, OUTPUTS
from tests.notices import BASE, FLEETS_CHANNEL, OPERATORS, NoticeWorld
from tests.unit.use_cases.upgrade_world import UpgradeWorld
from zoom_migrator_cli.connection import Connection
from zoom_migrator_cli.main import app

ORG = org_id_of(1)


class NoticeDesk:
    """Types commands on orgs that have notices."""

    def __init__(self, world: NoticeWorld | None = None) -> None:
        self.world = world or NoticeWorld()
        self.connection = Connection(stack="test", clock=self.world.clock)
        self.outputs = OUTPUTS | {
            "PublicBaseUrl": BASE,
            "JwtDeadline": self.world.settings.jwt_deadline.isoformat(),
            "MailFrom": "migrator@acme.example",
        }
        self.parameters = {
            "SlackDefaultChannel": FLEETS_CHANNEL.address,
            "OperatorsEmail": OPERATORS.address,
        }
        self.connection.__dict__.update(
            orgs=self.world.orgs,
            migrations=self.world.migrations,
            scans=self.world.scans,
            deliveries=self.world.deliveries,
            contacts=self.world.contacts,
            notice_queue=self.world.queue,
            signer=self.world.signer,
            actor=ACTOR,
            _outputs=self.outputs,
            _parameters=self.parameters,
        )

    def types(self, *words: str, answers: str | None = None) -> Result:
        """Type a command about notices."""
        return CliRunner(env={"COLUMNS": "200", "NO_COLOR": "1"}).invoke(
            app, ["notices", *words], obj=self.connection, input=answers
        )

    def reads_json(self, *words: str, exit_code: int = 0) -> Any:
        """Type it as a script."""
        result = self.types(*words, "--json")
        assert result.exit_code == exit_code, result.output
        return json.loads(result.stdout)

    def outcomes(self, *words: str) -> list[tuple[str, str]]:
        """What was told, and how that went, as a list shows it."""
        return [(each["notice"], each["outcome"]) for each in self.reads_json("list", *words)]


def a_desk_where_consent_is_asked_for() -> NoticeDesk:
    """A desk on whose first org somebody is asked about the upgrade."""
    upgrade = UpgradeWorld()
    upgrade.begin()
    upgrade.prepare()
    upgrade.ask()
    return NoticeDesk(
        NoticeWorld(orgs=upgrade.orgs, migrations=upgrade.migrations, clock=upgrade.clock)
    )
