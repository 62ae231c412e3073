"""The demo's story: it types the commands of an operator, and plays the people around one."""

from __future__ import annotations

import argparse
import contextlib
import signal
import threading

from local.demo.authorization import authorize
from local.demo.cleanup import clean_up
from local.demo.loss import lose_authorizations
from local.demo.messages import Messages
from local.demo.opening import hand_over_secrets, scan
from local.demo.reminders import let_a_week_pass
from local.demo.screen import DemoFailed, console
from local.demo.second_scan import scan_again
from local.demo.stage import set_up
from local.demo.told import show_what_was_told
from local.demo.upgrade import upgrade
from local.demo.your_turn import print_addresses, your_turn
from local.stack import LocalStackError


def main(arguments: list[str] | None = None) -> int:
    """Run the demo and return its exit code."""
    options = _options(arguments)
    _end_on_signals()
    try:
        with contextlib.ExitStack() as running:
            _run(options, running)
    except (DemoFailed, LocalStackError) as error:
        console.print(f"[bold red]The demo stopped:[/] {error}")
        return 1
    except KeyboardInterrupt:
        console.print("\nStopped everything.")
        return 130 if options.once else 0
    console.print("Stopped everything.")
    return 0


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make demo", description=__doc__)
    parser.add_argument("--once", action="store_true", help="end after the last table")
    parser.add_argument("--port", type=int, default=0, help="port of the embedded AWS")
    parser.add_argument("--pages-port", type=int, default=0, help="port of the public pages")
    return parser.parse_args(arguments)


def _end_on_signals() -> None:
    # SIGINT too: a shell that starts the demo in the background has it ignored.
    numbers = (signal.SIGINT, signal.SIGTERM)

    def interrupt(_signal: int, _frame: object) -> None:
        # A second Ctrl-C must not break off the ending, or processes would be left behind.
        for number in numbers:
            signal.signal(number, signal.SIG_IGN)
        raise KeyboardInterrupt

    for number in numbers:
        signal.signal(number, interrupt)


def _run(options: argparse.Namespace, running: contextlib.ExitStack) -> None:
    stage = set_up(options, running)
    messages = Messages(stage)
    hand_over_secrets(stage)
    scan(stage.operator)
    upgrade(stage)
    authorize(stage)
    clean_up(stage)
    lose_authorizations(stage)
    scan_again(stage)
    show_what_was_told(stage, messages)
    let_a_week_pass(stage)
    if options.once:
        return
    your_turn(stage)
    print_addresses(stage)
    console.print("\n[bold]Up until Ctrl-C.[/]")
    threading.Event().wait()
