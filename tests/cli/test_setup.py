"""``zoom-migrator setup``, connecting, help and completion."""

from __future__ import annotations

import json
import socket
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from typer.testing import CliRunner, Result

from tests.cli.conftest import Terminal
from zoom_migrator.adapters.zoom.credentials import parse_zoom_credentials
from zoom_migrator_cli.main import app


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    file = tmp_path / "app.key"
    file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return file


@pytest.fixture
def closed_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    return port


def test_the_apps_credentials_are_stored_as_the_functions_read_them(
    terminal: Terminal, key_file: Path
) -> None:
    result = terminal.types(
        *("setup", "salesforce-app", "--consumer-key", "3MVG9.canary"),
        *("--private-key-file", str(key_file), "--ask-consumer-secret"),
        answers="s3cr3t-canary\n",
    )

    assert result.exit_code == 0, result.output
    stored = json.loads(terminal.secret.read())
    assert stored["consumer_key"] == "3MVG9.canary"
    assert stored["private_key"] == key_file.read_text(encoding="ascii")
    assert stored["consumer_secret"] == "s3cr3t-canary"


def test_secrets_are_not_printed(terminal: Terminal, key_file: Path) -> None:
    result = terminal.types(
        *("setup", "salesforce-app", "--consumer-key", "3MVG9.canary"),
        *("--private-key-file", str(key_file), "--ask-consumer-secret"),
        answers="s3cr3t-canary\n",
    )

    assert "s3cr3t-canary" not in result.output
    assert "PRIVATE KEY" not in result.output


def test_a_file_that_is_no_private_key_changes_nothing(terminal: Terminal, tmp_path: Path) -> None:
    file = tmp_path / "app.key"
    file.write_text("not a key", encoding="ascii")

    result = terminal.types(
        *("setup", "salesforce-app", "--consumer-key", "3MVG9"),
        *("--private-key-file", str(file)),
    )

    assert result.exit_code == 7
    assert "private_key" in result.stderr
    assert terminal.secret.read() == "{}"


def test_a_consumer_key_alone_is_not_enough(terminal: Terminal) -> None:
    result = terminal.types("setup", "salesforce-app", "--consumer-key", "3MVG9")

    assert result.exit_code == 7
    assert "--private-key-file" in result.stderr


def test_an_installation_key_joins_the_credentials_and_is_not_printed(terminal: Terminal) -> None:
    terminal.secret.write('{"consumer_key": "3MVG9"}')

    result = terminal.types("setup", "installation-key", answers=" k3y-canary \n")

    assert result.exit_code == 0, result.output
    assert json.loads(terminal.secret.read()) == {
        "consumer_key": "3MVG9",
        "installation_key": "k3y-canary",
    }
    assert "k3y-canary" not in result.output


def test_an_installation_key_can_be_removed(terminal: Terminal) -> None:
    terminal.secret.write('{"consumer_key": "3MVG9", "installation_key": "k3y-canary"}')

    result = terminal.types("setup", "installation-key", "--remove")

    assert result.exit_code == 0, result.output
    assert result.stdout.startswith("Removed.")
    assert json.loads(terminal.secret.read()) == {"consumer_key": "3MVG9"}


@pytest.mark.parametrize("key", ["", "\x1b[2J", "k3y-canary" * 30])
def test_what_can_be_no_installation_key_changes_nothing(terminal: Terminal, key: str) -> None:
    result = terminal.types("setup", "installation-key", answers=f"{key}\n")

    assert result.exit_code == 7
    assert "canary" not in result.output
    assert terminal.secret.read() == "{}"


def test_an_installation_key_survives_new_credentials(terminal: Terminal, key_file: Path) -> None:
    terminal.secret.write('{"consumer_key": "old", "installation_key": "k3y-canary"}')

    terminal.types(
        *("setup", "salesforce-app", "--consumer-key", "new"),
        *("--private-key-file", str(key_file)),
    )

    stored = json.loads(terminal.secret.read())
    assert (stored["consumer_key"], stored["installation_key"]) == ("new", "k3y-canary")


def test_a_malformed_secret_is_replaced_by_new_credentials(
    terminal: Terminal, key_file: Path
) -> None:
    terminal.secret.write("not JSON")

    result = terminal.types(
        *("setup", "salesforce-app", "--consumer-key", "new"),
        *("--private-key-file", str(key_file)),
    )

    assert result.exit_code == 0, result.output
    assert json.loads(terminal.secret.read())["consumer_key"] == "new"


CLIENT_ID = "bDU6oQQ5Qe6sz9mVaMVEyw"
CLIENT_SECRET = "s3cr3t-canary-of-thirty-two-char"


def _store_zoom_app(terminal: Terminal, answers: str = f"{CLIENT_SECRET}\n") -> Result:
    return terminal.types("setup", "zoom-app", "--client-id", CLIENT_ID, answers=answers)


def test_the_zoom_apps_credentials_are_stored_as_the_functions_read_them(
    terminal: Terminal,
) -> None:
    result = _store_zoom_app(terminal)

    assert result.exit_code == 0, result.output
    assert "Warning" not in result.output
    credentials = parse_zoom_credentials(terminal.zoom_secret.read())
    assert (credentials.client_id, credentials.client_secret) == (CLIENT_ID, CLIENT_SECRET)


def test_the_client_secret_is_not_printed(terminal: Terminal) -> None:
    assert "canary" not in _store_zoom_app(terminal).output


def test_other_fields_of_the_zoom_secret_survive_new_credentials(terminal: Terminal) -> None:
    terminal.zoom_secret.write('{"client_id": "old-client", "webhook_secret_token": "whsec"}')

    _store_zoom_app(terminal)

    assert json.loads(terminal.zoom_secret.read()) == {
        "client_id": CLIENT_ID,
        "client_secret": CLIENT_SECRET,
        "webhook_secret_token": "whsec",
    }


@pytest.mark.parametrize("stored", ["not JSON", "[]", '"text"'])
def test_a_zoom_secret_that_cannot_be_read_is_replaced(terminal: Terminal, stored: str) -> None:
    terminal.zoom_secret.write(stored)

    assert _store_zoom_app(terminal).exit_code == 0
    assert json.loads(terminal.zoom_secret.read())["client_id"] == CLIENT_ID


@pytest.mark.parametrize("typed", ["", "short", "canary with blanks", "canary\x1b[2J canary"])
def test_what_can_be_no_client_secret_changes_nothing(terminal: Terminal, typed: str) -> None:
    result = _store_zoom_app(terminal, answers=f"{typed}\n")

    assert result.exit_code == 7
    assert "canary" not in result.output
    assert terminal.zoom_secret.read() == "{}"


def test_the_key_pair_of_a_jwt_app_is_stored_with_a_warning(terminal: Terminal) -> None:
    result = _store_zoom_app(terminal, answers="canary" * 6 + "\n")

    assert result.exit_code == 0
    assert "look like the key pair of a JWT app" in result.stdout
    assert "canary" not in result.output


def test_a_stack_that_cannot_be_reached_is_named_with_what_to_check(
    monkeypatch: pytest.MonkeyPatch, closed_port: int
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    nowhere = f"http://127.0.0.1:{closed_port}"

    result = CliRunner().invoke(
        app,
        [
            *("--stack", "nowhere", "--region", "eu-central-1", "--endpoint-url", nowhere),
            *("orgs", "list"),
        ],
    )

    assert result.exit_code == 7
    assert "'nowhere' cannot be read" in result.stderr
    assert "--profile" in result.stderr


def test_a_profile_that_does_not_exist_is_said_so() -> None:
    result = CliRunner().invoke(app, ["--profile", "no-such-profile", "orgs", "list"])

    assert result.exit_code == 7
    assert "no-such-profile" in result.stderr


def test_a_stack_older_than_the_command_line_says_what_is_missing(terminal: Terminal) -> None:
    terminal.connection.__dict__["_outputs"] = {}

    result = terminal.types("orgs", "list")

    assert result.exit_code == 7
    assert "no output MinimumPackageVersion" in result.stderr


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("orgs",),
        ("orgs", "import"),
        ("orgs", "list"),
        ("orgs", "show"),
        ("scan",),
        ("scan", "start"),
        ("scan", "list"),
        ("scan", "show"),
        ("migrate",),
        ("migrate", "start"),
        ("migrate", "list"),
        ("migrate", "show"),
        ("migrate", "link"),
        ("migrate", "watch"),
        ("migrate", "stop"),
        ("migrate", "resume"),
        ("approve",),
        ("approve", "upgrade"),
        ("approve", "standing"),
        ("decline",),
        ("decline", "upgrade"),
        ("setup", "salesforce-app"),
        ("setup", "installation-key"),
        ("setup", "zoom-app"),
        ("setup", "zoom-webhook"),
        ("orgs", "doctor"),
        ("approve", "cleanup"),
        ("decline", "cleanup"),
        ("jwt",),
        ("jwt", "show"),
        ("jwt", "restore"),
        ("jwt", "destroy-backup"),
        ("migrate", "renew"),
        ("doctor",),
        ("grants",),
        ("grants", "list"),
        ("grants", "show"),
        ("grants", "refresh"),
        ("grants", "revoke"),
    ],
    ids=" ".join,
)
def test_help_is_there_and_commands_show_examples(words: tuple[str, ...]) -> None:
    result = CliRunner(env={"COLUMNS": "120"}).invoke(app, [*words, "--help"])

    assert result.exit_code == 0
    if len(words) != 1:
        assert "Examples" in result.stdout


def test_shell_completion_can_be_installed() -> None:
    result = CliRunner().invoke(app, ["--help"])

    assert "--install-completion" in result.stdout


def test_a_wrong_command_line_ends_with_2() -> None:
    assert CliRunner().invoke(app, ["orgs", "list", "--status", "nonsense"]).exit_code == 2
