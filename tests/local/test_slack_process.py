"""The Slack simulator as a process."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import requests

from local.slack.__main__ import main

ROOT = Path(__file__).resolve().parents[2]


def test_it_serves_a_world_with_secrets_from_the_environment(tmp_path: Path) -> None:
    world = tmp_path / "slack.json"
    world.write_text('{"channels": [{"name": "acme"}]}', encoding="utf-8")
    process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
        [sys.executable, "-m", "local.slack", "--world", str(world)],
        cwd=ROOT,
        env={**os.environ, "SIMULATOR_BOT_TOKEN": "xoxb-1-2-canary"},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        address = process.stdout.readline().strip()
        answer = requests.post(
            f"{address}/api/chat.postMessage",
            json={"channel": "#acme", "text": "Hello"},
            headers={"Authorization": "Bearer xoxb-1-2-canary"},
            timeout=5,
        )
        assert answer.json()["ok"] is True
    finally:
        process.terminate()
        assert process.wait(10) == 0
        if process.stdout is not None:
            process.stdout.close()


@pytest.mark.parametrize(
    ("text", "said"),
    [('{"channels": []}', "is not a valid document"), ("[", "is not a valid document")],
)
def test_a_malformed_world_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, said: str
) -> None:
    world = tmp_path / "slack.json"
    world.write_text(text, encoding="utf-8")

    assert main(["--world", str(world)]) == 2
    assert said in capsys.readouterr().err


def test_a_world_that_is_not_there_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--world", "/nowhere/slack.json"]) == 2
    assert "cannot start the simulator" in capsys.readouterr().err
