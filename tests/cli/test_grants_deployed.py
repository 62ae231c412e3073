"""Commands about grants on a stack's table and key, with Zoom over HTTP."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from typer.testing import CliRunner

from tests.adapters.zoom.lab import (
    ADMIN,
    CLIENT_ID,
    REDIRECT_URI,
    VERIFIER,
    an_account,
    an_app,
    issued,
)
from tests.builders import an_org, org_id_of
from tests.cli.clinic import Clinic, clinic
from zoom_migrator.domain.grant import Grant, GrantLink, GrantSubject, TokenPair
from zoom_migrator.domain.org import ZoomProduct
from zoom_migrator_cli.main import app

ORG = org_id_of(1)


@pytest.fixture
def stack(monkeypatch: pytest.MonkeyPatch) -> Iterator[Clinic]:
    with clinic(monkeypatch) as made:
        made.zoom.add(an_account())
        _authorize(made)
        yield made


def _authorize(stack: Clinic) -> None:
    """Have the Zoom admin consent, and store what comes of it as the functions do."""
    connection, now = stack.connection, stack.clock.now()
    connection.orgs.save(an_org())
    code = stack.zoom.issue_code(ADMIN, an_app(), verifier=VERIFIER)
    tokens = issued(connection.zoom.exchange(code, verifier=VERIFIER, redirect_uri=REDIRECT_URI))
    subject = GrantSubject(CLIENT_ID, "account", "user", ORG)
    grant = Grant(
        subject=subject,
        email=ADMIN,
        sealed=connection.grant_vault.seal(tokens.pair, subject=subject),
        access_expires_at=tokens.expires_at,
        issued_at=now,
        consented_at=now,
        scopes=tokens.scopes,
        api_url=tokens.api_url,
        orgs=(ORG,),
    )
    link = GrantLink(ORG, grant.grant_id, "request", (ZoomProduct.MEETINGS,), now)
    connection.grants.save(grant, link=link)


def _reads_json(stack: Clinic, *words: str, exit_code: int = 0) -> Any:
    result = CliRunner().invoke(app, ["grants", *words, "--json"], obj=stack.connection)
    assert result.exit_code == exit_code, result.output
    return json.loads(result.stdout)


def _pair(stack: Clinic) -> TokenPair:
    (grant_id,) = stack.connection.grants.list_ids()
    grant = stack.connection.grants.get(grant_id)
    assert grant is not None
    return stack.connection.grant_vault.open(grant.sealed, subject=grant.subject)


def test_refreshed_tokens_are_sealed_and_stored(stack: Clinic) -> None:
    before = _pair(stack)

    document = _reads_json(stack, "refresh", ORG)

    assert document["outcome"] == "refreshed"
    after = _pair(stack)
    assert after != before
    printed = json.dumps(document)
    for pair in (before, after):
        assert pair.access_token not in printed
        assert pair.refresh_token not in printed


def test_a_grant_that_was_withdrawn_at_zoom_is_dead(stack: Clinic) -> None:
    before = _pair(stack)
    stack.connection.zoom.revoke(before.access_token)

    document = _reads_json(stack, "refresh", ORG, exit_code=1)

    assert document["outcome"] == "dead"
    assert document["failure"]["said"]


def test_a_revoked_grant_is_dead_at_zoom_and_here(stack: Clinic) -> None:
    before = _pair(stack)

    document = _reads_json(stack, "revoke", ORG)

    assert document["revoked"] is True
    (listed,) = _reads_json(stack, "list", "--status", "dead")
    assert listed["orgs"] == [{"org_id": ORG, "name": "Acme 1"}]
    assert stack.connection.zoom.revoke(before.access_token) is not None
    newest = stack.connection.orgs.audit_trail(ORG, limit=1)[0]
    assert newest.action == "grant_revoked"
    assert newest.actor.startswith("arn:aws:sts::123456789012:")


def test_another_client_secret_costs_no_grant(stack: Clinic) -> None:
    wrong = {"client_id": CLIENT_ID, "client_secret": "another-secret-altogether"}
    stack.connection.zoom_secret.write(json.dumps(wrong))
    del stack.connection.__dict__["zoom"]

    document = _reads_json(stack, "refresh", ORG, exit_code=7)

    assert document["outcome"] == "misconfigured"
    assert document["grant"]["status"] == "live"
