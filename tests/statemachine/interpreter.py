"""moto's Step Functions, put right where it cannot run our definitions yet (moto 5.2.5).

Each function mends one thing of moto and nothing of ours:

- JSONata expressions need a JVM there; here the library evaluates them that the embedded AWS uses.
- A Distributed Map may not have Express children, nor a whole number as tolerated percentage.
- Functions would run in Docker; here they are called.
- Retries really wait; here the waits are noted and passed over.
- What happens inside a Map is forgotten; here it is kept.
"""

from __future__ import annotations

import json
import threading
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest
from jsonata.jsonata import Jsonata
from moto.core.config import default_user_config
from moto.stepfunctions.parser.asl.component.common.retry import retrier_decl
from moto.stepfunctions.parser.asl.component.state.exec.state_task import lambda_eval_utils
from moto.stepfunctions.parser.asl.eval.event.event_manager import EventManager
from moto.stepfunctions.parser.asl.jsonata import jsonata as moto_jsonata
from moto.stepfunctions.parser.backend.execution import BaseExecutionWorkerCommunication

from scripts.statemachines import Definition, all_states

type HistoryEvent = dict[str, Any]
type Invoke = Callable[[dict[str, Any]], dict[str, Any]]


@dataclass
class Interpreter:
    """What is to be known of executions beyond moto's own answers.

    Attributes:
        waits: Seconds that a retry waited, each time one did.
    """

    waits: list[float] = field(default_factory=list)
    _histories: list[EventManager] = field(default_factory=list)
    _ended: dict[str, threading.Event] = field(default_factory=lambda: defaultdict(threading.Event))

    def install(self, monkeypatch: pytest.MonkeyPatch, invoke: Invoke) -> None:
        """Mend moto; must happen before it is started."""
        monkeypatch.setitem(default_user_config, "stepfunctions", {"execute_state_machine": True})
        monkeypatch.setattr(
            moto_jsonata, "_eval_jsonata", lambda expression: Jsonata(expression).evaluate(None)
        )
        monkeypatch.setattr(
            lambda_eval_utils,
            "_invoke_lambda_function",
            lambda parameters, region, state_credentials: invoke(parameters),
        )
        monkeypatch.setattr(retrier_decl, "time", SimpleNamespace(sleep=self.waits.append))
        self._keep_histories(monkeypatch)
        self._announce_ends(monkeypatch)

    def wait_for_end(self, execution_name: str, *, patience_seconds: float = 120) -> None:
        """Return when the execution has ended.

        Raises:
            AssertionError: It does not end, because the interpreter itself broke down, say.
        """
        assert self._ended[execution_name].wait(patience_seconds), f"{execution_name} goes on"

    def histories_of_children(self) -> list[list[HistoryEvent]]:
        """The events of each Map run, those of all its children mixed."""
        histories: list[Any] = [manager.get_event_history() for manager in list(self._histories)]
        return [
            history for history in histories if history and history[0]["type"] != "ExecutionStarted"
        ]

    def _keep_histories(self, monkeypatch: pytest.MonkeyPatch) -> None:
        make = EventManager.__init__

        def make_and_keep(manager: EventManager, *arguments: Any, **options: Any) -> None:
            make(manager, *arguments, **options)
            self._histories.append(manager)

        monkeypatch.setattr(EventManager, "__init__", make_and_keep)

    def _announce_ends(self, monkeypatch: pytest.MonkeyPatch) -> None:
        terminate = BaseExecutionWorkerCommunication.terminated

        def terminate_and_tell(worker: BaseExecutionWorkerCommunication) -> None:
            terminate(worker)
            self._ended[worker.execution.name].set()

        monkeypatch.setattr(BaseExecutionWorkerCommunication, "terminated", terminate_and_tell)


def runnable(definition: Definition) -> Definition:
    """The definition in the form that moto can read; it runs the same way."""
    changed: Definition = json.loads(json.dumps(definition))
    for _, state in all_states(changed):
        if "ItemProcessor" in state:
            state["ItemProcessor"]["ProcessorConfig"]["ExecutionType"] = "STANDARD"
            state["ToleratedFailurePercentage"] = float(state["ToleratedFailurePercentage"])
    return changed


def steps(history: list[HistoryEvent]) -> tuple[str, ...]:
    """The states that were entered, in order; one that was left by its Catch ends with ``!``."""
    path: list[str] = []
    for event in history:
        if "stateEnteredEventDetails" in event:
            path.append(event["stateEnteredEventDetails"]["name"])
        elif event["type"] in ("TaskFailed", "MapStateFailed") and not path[-1].endswith("!"):
            path[-1] += "!"
        elif event["type"] in ("TaskSucceeded", "MapStateSucceeded"):
            path[-1] = path[-1].removesuffix("!")
    return tuple(path)


def threads_of(history: list[HistoryEvent], start: str) -> list[list[HistoryEvent]]:
    """The events of a Map run, one list a child; each child begins by entering ``start``."""
    children: list[list[HistoryEvent]] = []
    child_of: dict[int, list[HistoryEvent]] = {}
    for event in sorted(history, key=lambda event: event["id"]):
        entered = event.get("stateEnteredEventDetails", {}).get("name")
        if entered == start:
            children.append([])
            child_of[event["id"]] = children[-1]
        else:
            child_of[event["id"]] = child_of[event["previousEventId"]]
        child_of[event["id"]].append(event)
    return children
