"""Runs one contestant in this process: ``python -m benchmarks.contestants NAME < order.json``.

Each runs in a process of its own, so that memory and CPU are its own. The last line of output is
the measurement.
"""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Final

from benchmarks.order import Order

# By name, so that no contestant's memory holds another one's libraries.
_MODULES: Final = {
    "this_scan": "benchmarks.product",
    "whole_function": "benchmarks.product",
    "recording_in_memory": "benchmarks.product",
    "recording_changes": "benchmarks.product",
    "recording_again": "benchmarks.product",
    "plain_loop": "benchmarks.other_clients",
    "plain_loop_with_threads": "benchmarks.other_clients",
    "sf_list": "benchmarks.other_clients",
}


def main() -> int:
    """Carry out the order and print what it cost."""
    name = sys.argv[1]
    order = Order.from_json(sys.stdin.read())
    measurement = getattr(import_module(_MODULES[name]), name)(order)
    print(measurement.to_json())
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
