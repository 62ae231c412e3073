"""Whoever types commands while the real steps go on between them."""

from __future__ import annotations

import json
import re
from typing import Any, Final

from typer.testing import CliRunner, Result

from tests.authorizations import AuthorizationWorld
from tests.builders import org_id_of
from tests.cleanups import CleanupWorld
from tests.cli.conftest import ACTOR, MACHINE, OUTPUTS
from zoom_migrator.adapters.memory.workflow import InMemoryMigrationWorkflow
from zoom_migrator_cli.connection import Connection
from zoom_migrator_cli.main import app

ORG: Final = org_id_of(1)


class Operator:
    """Types commands on the world of orgs that are to be authorized, or beyond that."""

    def __init__(self, world: AuthorizationWorld) -> None:
        beyond = world if isinstance(world, CleanupWorld) else None
        self.workflow = beyond.workflow if beyond else InMemoryMigrationWorkflow()
        self.connection = Connection(
            stack="test",
            clock=world.clock,
            secret_ids=world.ids,
            machine=MACHINE,
            pause=lambda seconds: world.later(seconds=seconds),
        )
        self.connection.__dict__.update(
            orgs=world.orgs,
            migrations=world.migrations,
            migration_workflow=self.workflow,
            signer=world.signer,
            vault=world.task_vault,
            callback=world.callback,
            grants=world.grants,
            grant_vault=world.grant_vault,
            zoom=world.zoom,
            actor=ACTOR,
            _outputs=dict(OUTPUTS),
            _parameters={"AuthorizationLifetimeHours": "48"},
        )
        if beyond:
            self.connection.__dict__.update(
                keys=beyond.keys, backups=beyond.backups, backup_vault=beyond.backup_vault
            )
            self.outputs["JwtDeadline"] = beyond.cleanup.jwt_deadline.isoformat()

    @property
    def outputs(self) -> dict[str, str]:
        """What the stack tells; may be changed."""
        told: dict[str, str] = self.connection.__dict__["_outputs"]
        return told

    def types(self, *words: str, answers: str | None = None) -> Result:
        return CliRunner(env={"COLUMNS": "200", "NO_COLOR": "1"}).invoke(
            app, list(words), obj=self.connection, input=answers
        )

    def reads_json(self, *words: str, exit_code: int = 0) -> Any:
        result = self.types(*words, "--json")
        assert result.exit_code == exit_code, result.output
        return json.loads(result.stdout)

    def reads_link(self, *words: str) -> str:
        """The part of a printed link that is signed."""
        printed = self.types(*words, ORG).stdout
        found = re.search(r"^https://zoom\.acme\.example/\w+/(\S+)$", printed, re.MULTILINE)
        assert found is not None, printed
        return found[1]
