"""The embedded AWS comes up where it should, and goes away without a trace."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from local.stack import LocalStack, LocalStackError
from local.stack.deployment import embedded_session
from local.stack.emulator import LOOPBACK, Emulator, free_port
from tests.integration.waiting import eventually

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

pytestmark = [pytest.mark.integration, pytest.mark.xdist_group("embedded_aws")]


@pytest.fixture
def emulator(tmp_path: Path) -> Iterator[Emulator]:
    emulator = Emulator(tmp_path / "aws.log")
    yield emulator
    emulator.stop()


def test_two_of_them_run_side_by_side_and_know_nothing_of_each_other(tmp_path: Path) -> None:
    one, other = Emulator(tmp_path / "one.log"), Emulator(tmp_path / "other.log")
    try:
        one.start()
        other.start()
        s3_of(one).create_bucket(Bucket="only-in-one")

        assert one.port != other.port
        assert buckets(one) == ["only-in-one"]
        assert buckets(other) == []
    finally:
        one.stop()
        other.stop()


def test_it_answers_on_the_loopback_address_only(emulator: Emulator) -> None:
    emulator.start()

    # What listens on every interface answers on any address of the loopback network.
    assert answers(LOOPBACK, emulator.port)
    assert not answers("127.0.0.2", emulator.port)


def test_it_takes_the_port_it_is_told(tmp_path: Path) -> None:
    port = free_port()
    emulator = Emulator(tmp_path / "aws.log", port=port)
    try:
        emulator.start()

        assert emulator.endpoint_url == f"http://127.0.0.1:{port}"
    finally:
        emulator.stop()


def test_it_leaves_no_process_and_no_data_behind(emulator: Emulator) -> None:
    emulator.start()
    group, data = emulator.process_group, emulator.data_directory
    assert group is not None
    assert data is not None

    emulator.stop()

    assert not data.exists()
    with pytest.raises(ProcessLookupError):
        os.killpg(group, 0)


def test_its_functions_do_not_inherit_the_callers_aws(
    emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    emulator.start()
    assert emulator.process_group is not None

    variables = Path(f"/proc/{emulator.process_group}/environ").read_bytes().split(b"\0")

    assert [variable for variable in variables if variable.startswith(b"AWS_")] == []


def test_it_never_mistakes_what_else_listens_on_its_port_for_itself(
    emulator: Emulator, tmp_path: Path
) -> None:
    emulator.start()
    other = Emulator(tmp_path / "other.log", port=emulator.port)

    with pytest.raises(LocalStackError, match=f"Port {emulator.port} .* in use"):
        other.start()

    assert other.process_group is None


def test_a_task_whose_wait_for_a_person_is_computed_ends_in_time(emulator: Emulator) -> None:
    emulator.start()
    queue = client_of(emulator, "sqs").create_queue(QueueName="people")["QueueUrl"]

    ended = ended_execution(
        emulator,
        {
            "Type": "Task",
            "QueryLanguage": "JSONata",
            "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
            "Arguments": {"QueueUrl": queue, "MessageBody": "{% $states.context.Task.Token %}"},
            "TimeoutSeconds": "{% $states.input.patience %}",
            "End": True,
        },
    )

    assert (ended["status"], ended["error"]) == ("FAILED", "States.Timeout")


def test_a_function_that_fails_while_its_task_waits_for_a_person_fails_the_task(
    emulator: Emulator,
) -> None:
    emulator.start()

    ended = ended_execution(
        emulator,
        {
            "Type": "Task",
            "QueryLanguage": "JSONata",
            "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken",
            "Arguments": {
                "FunctionName": "arn:aws:lambda:us-east-1:000000000000:function:nobody",
                "Payload": {"task_token": "{% $states.context.Task.Token %}"},
            },
            "TimeoutSeconds": 60,
            "End": True,
        },
    )

    assert (ended["status"], ended["error"]) == ("FAILED", "Lambda.ResourceNotFoundException")


def test_a_deployment_that_fails_says_why_and_leaves_nothing_running() -> None:
    stack = LocalStack(parameters={"SalesforceConnectTo": "http://10.0.0.1:80"})

    with pytest.raises(LocalStackError, match="SalesforceConnectTo"), stack:
        pytest.fail("deployed with a parameter that its pattern refuses")

    assert stack.emulator.process_group is None


def answers(host: str, port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((host, port)) == 0


def client_of(emulator: Emulator, service: Any) -> Any:
    return embedded_session().client(service, endpoint_url=emulator.endpoint_url)


def s3_of(emulator: Emulator) -> S3Client:
    s3: S3Client = client_of(emulator, "s3")
    return s3


def ended_execution(emulator: Emulator, state: dict[str, Any]) -> dict[str, Any]:
    """An execution of a machine with this one state, when it has ended."""
    stepfunctions = client_of(emulator, "stepfunctions")
    role = client_of(emulator, "iam").create_role(
        RoleName="waits-for-people", AssumeRolePolicyDocument=json.dumps({"Statement": []})
    )["Role"]
    machine = stepfunctions.create_state_machine(
        name="waits-for-people",
        definition=json.dumps({"StartAt": "Wait", "States": {"Wait": state}}),
        roleArn=role["Arn"],
    )
    arn = stepfunctions.start_execution(
        stateMachineArn=machine["stateMachineArn"], input='{"patience": 1}'
    )["executionArn"]

    def describe() -> dict[str, Any]:
        return dict(stepfunctions.describe_execution(executionArn=arn))

    eventually(lambda: describe()["status"] != "RUNNING", within_seconds=30)
    return describe()


def buckets(emulator: Emulator) -> list[str]:
    return [bucket["Name"] for bucket in s3_of(emulator).list_buckets()["Buckets"]]
