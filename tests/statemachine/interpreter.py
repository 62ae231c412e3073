"""moto's Step Functions, put right where it cannot run our definitions yet (moto 5.2.5).

Each function mends one thing of moto and nothing of ours:

- JSONata expressions need a JVM there; here the library evaluates them that the embedded AWS uses.
- A Distributed Map may not have Express children, nor a whole number as tolerated percentage.
- Functions would run in Docker; here they are called.
- Retries and Wait states really wait; here the waits are noted and passed over.
- A task that waits for its token really waits; here people act meanwhile, or time passes.
- What happens inside a Map is forgotten; here it is kept.
- Two definitions that are read at once get mixed up; here each is read by itself.
"""

from __future__ import annotations

import json
import threading
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, Final

import pytest
from jsonata.jsonata import Jsonata
from moto.core.config import default_user_config
from moto.stepfunctions.parser.asl.component.common.retry import retrier_decl
from moto.stepfunctions.parser.asl.component.state.exec.state_task import lambda_eval_utils
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service import (
    state_task_service_callback,
)
from moto.stepfunctions.parser.asl.component.state.wait.wait_function.wait_function import (
    WaitFunction,
)
from moto.stepfunctions.parser.asl.eval.callback.callback import (
    CallbackEndpoint,
    CallbackOutcome,
    CallbackOutcomeSuccess,
)
from moto.stepfunctions.parser.asl.eval.event.event_manager import EventManager
from moto.stepfunctions.parser.asl.jsonata import jsonata as moto_jsonata
from moto.stepfunctions.parser.asl.parse.preprocessor import Preprocessor
from moto.stepfunctions.parser.backend.execution import BaseExecutionWorkerCommunication
from moto.stepfunctions.parser.backend.execution_worker import ExecutionWorker

from scripts.statemachines import Definition, all_states

_FAILURES: Final = ("TaskFailed", "TaskTimedOut", "MapStateFailed")

type HistoryEvent = dict[str, Any]
type Invoke = Callable[[dict[str, Any]], dict[str, Any]]


@dataclass
class Interpreter:
    """What is to be known of executions beyond moto's own answers.

    Attributes:
        waits: Seconds that a retry waited, each time one did.
        pauses: Seconds that a Wait state waited, each time one did.
        while_waiting: What people do, one after the other, while a task waits for its token;
            when nobody has anything left to do, it waits in vain.
        pass_time: Called with the seconds of a wait that is passed over.
    """

    waits: list[float] = field(default_factory=list)
    pauses: list[int] = field(default_factory=list)
    while_waiting: deque[Callable[[], object]] = field(default_factory=deque)
    pass_time: Callable[[float], object] = lambda _seconds: None
    _mishaps: list[Exception] = field(default_factory=list)
    _stopped: bool = False
    _histories: list[EventManager] = field(default_factory=list)
    _running: list[threading.Thread] = field(default_factory=list)
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
        _read_each_definition_by_itself(monkeypatch)
        self._pass_over_pauses(monkeypatch)
        self._let_people_act(monkeypatch)
        self._notice_stops(monkeypatch)
        self._keep_histories(monkeypatch)
        self._announce_ends(monkeypatch)
        self._remember_threads(monkeypatch)

    def wait_for_end(self, execution_name: str, *, patience_seconds: float = 120) -> None:
        """Return when the execution has ended.

        Raises:
            AssertionError: It does not end, because the interpreter itself broke down, say.
        """
        assert self._ended[execution_name].wait(patience_seconds), f"{execution_name} goes on"
        if self._mishaps:
            raise self._mishaps[0]

    def wait_for_all(self, *, patience_seconds: float = 60) -> None:
        """Return when no execution runs any more, those included that others have started.

        Raises:
            AssertionError: One goes on, and would call functions of the next test.
        """
        for thread in self._running:
            thread.join(patience_seconds)
        assert not any(thread.is_alive() for thread in self._running), "an execution goes on"

    def histories_of_children(self) -> list[list[HistoryEvent]]:
        """The events of each Map run, those of all its children mixed."""
        histories: list[Any] = [manager.get_event_history() for manager in list(self._histories)]
        return [
            history for history in histories if history and history[0]["type"] != "ExecutionStarted"
        ]

    def _pass_over_pauses(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def pass_over(_wait: WaitFunction, env: object, wait_seconds: int) -> None:
            self.pauses.append(wait_seconds)
            self.pass_time(wait_seconds)

        monkeypatch.setattr(WaitFunction, "_wait_interval", pass_over)

    def _let_people_act(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def wait(
            _task: object, timeout_seconds: int, callback_endpoint: CallbackEndpoint
        ) -> CallbackOutcome | None:
            if callback_endpoint.get_outcome() is None and self.while_waiting:
                self._act(self.while_waiting.popleft())
            if self._stopped:
                # moto forgets that it was stopped where the task fails then.
                return CallbackOutcomeSuccess(callback_endpoint.callback_id, "{}")
            if callback_endpoint.get_outcome() is None:
                self.pass_time(timeout_seconds)
            return callback_endpoint.get_outcome()

        monkeypatch.setattr(
            state_task_service_callback.StateTaskServiceCallback,
            "_wait_for_task_token_timeout",
            wait,
        )

    def _notice_stops(self, monkeypatch: pytest.MonkeyPatch) -> None:
        stop = ExecutionWorker.stop

        def stop_and_tell(worker: ExecutionWorker, **how: Any) -> None:
            self._stopped = True
            stop(worker, **how)

        monkeypatch.setattr(ExecutionWorker, "stop", stop_and_tell)

    def _act(self, action: Callable[[], object]) -> None:
        try:
            action()
        except Exception as mishap:
            # It is the test's; the machine would take it for a failure of the task.
            self._mishaps.append(mishap)

    def _keep_histories(self, monkeypatch: pytest.MonkeyPatch) -> None:
        make = EventManager.__init__

        def make_and_keep(manager: EventManager, *arguments: Any, **options: Any) -> None:
            make(manager, *arguments, **options)
            self._histories.append(manager)

        monkeypatch.setattr(EventManager, "__init__", make_and_keep)

    def _remember_threads(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def start(worker: ExecutionWorker) -> None:
            thread = threading.Thread(target=worker._execution_logic, daemon=True)
            self._running.append(thread)
            thread.start()

        monkeypatch.setattr(ExecutionWorker, "start", start)

    def _announce_ends(self, monkeypatch: pytest.MonkeyPatch) -> None:
        terminate = BaseExecutionWorkerCommunication.terminated

        def terminate_and_tell(worker: BaseExecutionWorkerCommunication) -> None:
            terminate(worker)
            self._ended[worker.execution.name].set()

        monkeypatch.setattr(BaseExecutionWorkerCommunication, "terminated", terminate_and_tell)


def _read_each_definition_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    def begin(preprocessor: Preprocessor) -> None:
        preprocessor._query_language_per_scope = []

    monkeypatch.setattr(Preprocessor, "__init__", begin)


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
        elif event["type"] in _FAILURES and not path[-1].endswith("!"):
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
