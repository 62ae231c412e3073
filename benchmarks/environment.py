"""A warm execution environment: ``python -m benchmarks.environment NAME``.

Makes one callback, says that it is ready, and takes one browser after the other: a line of
standard input is one that comes back, and a line of standard output is what it cost to take it.
"""

from __future__ import annotations

import os
import sys
import time
from importlib import import_module
from typing import Final

from benchmarks.comeback import Callback, Comeback, Taken

# By name, so that no callback's process holds another one's libraries.
_CALLBACKS: Final = {
    "without_aws": ("benchmarks.product_callback", "WithoutAws"),
    "whole_function": ("benchmarks.product_callback", "WholeFunction"),
    "plain_callback": ("benchmarks.other_callbacks", "PlainCallback"),
    "bare_client": ("benchmarks.other_callbacks", "BareClient"),
}


def main() -> None:
    """Take whoever comes until nobody comes any more."""
    results = os.fdopen(os.dup(1), "w", buffering=1)
    # Log lines are written as in Lambda, but nobody reads them.
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    module, name = _CALLBACKS[sys.argv[1]]
    callback: Callback = getattr(import_module(module), name)()
    print("ready", file=results)
    for line in sys.stdin:
        print(_taken(callback, Comeback.from_json(line)).to_json(), file=results)


def _taken(callback: Callback, comeback: Comeback) -> Taken:
    request = callback.prepare(comeback)
    cpu_before, began = time.thread_time(), time.perf_counter()
    answer = callback.take(request)
    seconds, cpu_seconds = time.perf_counter() - began, time.thread_time() - cpu_before
    return Taken(seconds, cpu_seconds, callback.is_right(comeback, answer))


if __name__ == "__main__":
    main()
