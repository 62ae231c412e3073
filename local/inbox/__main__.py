"""Runs the inbox as a process: ``python -m local.inbox --port 8400 --smtp-port 8425``."""

from __future__ import annotations

import argparse
import signal
import sys
import threading

from local.inbox.simulator import Inbox


def main(arguments: list[str] | None = None) -> int:
    """Serve until SIGINT or SIGTERM; return the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m local.inbox",
        description="Take mail for everybody by SMTP on 127.0.0.1, and show it in a browser.",
    )
    parser.add_argument("--port", type=int, default=0, help="port of the pages; 0: a free one")
    parser.add_argument("--smtp-port", type=int, default=0, help="port of SMTP; 0: a free one")
    options = parser.parse_args(arguments)
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    try:
        with Inbox(port=options.port, smtp_port=options.smtp_port) as inbox:
            print(inbox.base_url, f"smtp://{inbox.smtp_address}", flush=True)
            stopped.wait()
    except OSError as error:
        print(f"cannot start the inbox: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
