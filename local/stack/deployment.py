"""Put the built template on the embedded AWS with the SAM CLI, as on AWS itself."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from boto3 import Session

from local.stack.emulator import ACCESS_KEY, REGION, SECRET_KEY
from local.stack.errors import LocalStackError, last_words

ROOT: Final = Path(__file__).resolve().parents[2]
_ARTIFACTS_BUCKET: Final = "deployment-artifacts"
# The SAM CLI asks every five seconds by default; the embedded AWS is ready in one.
_POLL_SECONDS: Final = "0.2"


def aws_environment(endpoint_url: str) -> dict[str, str]:
    """Variables that point any AWS client at the embedded AWS."""
    return {
        "AWS_ENDPOINT_URL": endpoint_url,
        "AWS_ACCESS_KEY_ID": ACCESS_KEY,
        "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_REGION": REGION,
    }


def embedded_session() -> Session:
    """A boto3 session with the embedded AWS's credentials, whatever the environment says."""
    return Session(
        aws_access_key_id=ACCESS_KEY, aws_secret_access_key=SECRET_KEY, region_name=REGION
    )


def deploy(
    template: Path,
    *,
    stack_name: str,
    parameters: Mapping[str, str],
    endpoint_url: str,
    log: Path,
) -> dict[str, str]:
    """Deploy a built template and return the stack's outputs.

    Raises:
        LocalStackError: The deployment failed; the message has the end of its log.
    """
    session = embedded_session()
    session.client("s3", endpoint_url=endpoint_url).create_bucket(Bucket=_ARTIFACTS_BUCKET)
    # The SAM CLI splits an override at blanks, unless its value is quoted.
    overrides = [f"{name}={json.dumps(value)}" for name, value in parameters.items()]
    command = [
        *(str(ROOT / ".venv-sam" / "bin" / "sam"), "deploy"),
        *("--template-file", str(template), "--stack-name", stack_name),
        *("--s3-bucket", _ARTIFACTS_BUCKET, "--capabilities", "CAPABILITY_IAM"),
        *("--no-confirm-changeset", "--no-progressbar", "--parameter-overrides", *overrides),
    ]
    # Nothing of the caller's, whose AWS profile could lead elsewhere.
    environment = {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(log.parent),
        "LANG": "C.UTF-8",
        "SAM_CLI_TELEMETRY": "0",
        "SAM_CLI_POLL_DELAY": _POLL_SECONDS,
        **aws_environment(endpoint_url),
    }
    with log.open("w") as output:
        # No shell, and every argument is ours.
        finished = subprocess.run(  # noqa: S603
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            check=False,
        )
    if finished.returncode != 0:
        raise LocalStackError(f"`sam deploy` failed; {last_words(log)}")
    return _outputs(session, endpoint_url, stack_name)


def _outputs(session: Session, endpoint_url: str, stack_name: str) -> dict[str, str]:
    cloudformation = session.client("cloudformation", endpoint_url=endpoint_url)
    stack = cloudformation.describe_stacks(StackName=stack_name)["Stacks"][0]
    return {
        output["OutputKey"]: output.get("OutputValue", "") for output in stack.get("Outputs", [])
    }
