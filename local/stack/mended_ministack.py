"""MiniStack, put right where it cannot run our state machines yet (MiniStack 1.5.33).

- A task's ``TimeoutSeconds`` may be an expression of JSONata. MiniStack hands the text itself to
  the clock, and the execution breaks; here it is worked out first.
- A function may fail whose task waits for a token. MiniStack waits on for the token that nobody
  has; here the task fails, as on AWS, and is retried or caught.

It is run as a program, in place of ``python -m ministack``.
"""

from __future__ import annotations

from contextvars import ContextVar
from typing import Any, Final

from ministack.app import main  # type: ignore[import-untyped]
from ministack.services import stepfunctions  # type: ignore[import-untyped]

_awaited_token: Final[ContextVar[str]] = ContextVar("awaited_token", default="")


def mend() -> None:
    """Put MiniStack's state machines right, in this process."""
    _work_out_time_outs()
    _let_functions_fail()


def _work_out_time_outs() -> None:
    execute = stepfunctions._execute_task

    def execute_in_time(state: dict[str, Any], raw_input: Any, execution: Any, ctx: Any) -> Any:
        if isinstance(state.get("TimeoutSeconds"), str):
            seconds = stepfunctions._jsonata_state_field(
                state, "TimeoutSeconds", "number", raw_input, ctx
            )
            state = state | {"TimeoutSeconds": seconds}
        return execute(state, raw_input, execution, ctx)

    stepfunctions._execute_task = execute_in_time


def _let_functions_fail() -> None:
    invoke, call = stepfunctions._invoke_with_callback, stepfunctions._call_lambda

    def invoke_for_token(resource: str, data: Any, token: str, state: dict[str, Any]) -> Any:
        before = _awaited_token.set(token)
        try:
            return invoke(resource, data, token, state)
        finally:
            _awaited_token.reset(before)

    def call_or_fail(function: Any, event: Any) -> Any:
        try:
            return call(function, event)
        except stepfunctions._ExecutionError as failure:
            if waiting := stepfunctions._task_tokens.get(_awaited_token.get()):
                # As if somebody had handed the token back with a failure.
                waiting["error"] = {"Error": failure.error, "Cause": failure.cause}
                waiting["event"].set()
            raise

    stepfunctions._invoke_with_callback = invoke_for_token
    stepfunctions._call_lambda = call_or_fail


if __name__ == "__main__":
    mend()
    main()
