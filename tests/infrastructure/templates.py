"""Look into a CloudFormation template."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

type Template = dict[str, Any]
type Resource = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement of a policy, with the resource that the policy belongs to."""

    owner: str
    body: dict[str, Any]

    @property
    def sid(self) -> str:
        return str(self.body.get("Sid", ""))

    @property
    def actions(self) -> list[str]:
        return as_list(self.body["Action"])

    @property
    def resources(self) -> list[Any]:
        return as_list(self.body.get("Resource", []))


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def resources(template: Template, kind: str) -> dict[str, Resource]:
    """The resources of a type, by logical id."""
    return {
        name: resource
        for name, resource in template["Resources"].items()
        if resource["Type"] == kind
    }


def dead_letter_queues(template: Template) -> dict[str, Resource]:
    """The queues that hold what failed, by logical id."""
    return {
        name: queue
        for name, queue in resources(template, "AWS::SQS::Queue").items()
        if name.endswith("Dlq")
    }


def properties(template: Template, name: str) -> dict[str, Any]:
    found: dict[str, Any] = template["Resources"][name]["Properties"]
    return found


def role_statements(template: Template) -> list[Statement]:
    return [
        Statement(name, statement)
        for name, role in resources(template, "AWS::IAM::Role").items()
        for policy in role["Properties"]["Policies"]
        for statement in policy["PolicyDocument"]["Statement"]
    ]


def references(value: Any) -> Iterator[str]:
    """Yield the names that a value refers to by Ref, GetAtt, Sub or DependsOn."""
    match value:
        case {"Ref": str(name)} | {"Fn::GetAtt": [str(name), *_]}:
            yield name
        case {"Fn::Sub": text}:
            yield from _substituted(text)
        case dict():
            yield from as_list(value.get("DependsOn", []))
            for inner in value.values():
                yield from references(inner)
        case list():
            for inner in value:
                yield from references(inner)
        case _:
            return


def _substituted(text: Any) -> Iterator[str]:
    template, values = text if isinstance(text, list) else (text, {})
    for name in re.findall(r"\$\{([\w:.]+)\}", template):
        if name not in values:
            yield name.split(".")[0]
    yield from references(list(values.values()))


def dependencies(template: Template) -> dict[str, set[str]]:
    """For each resource, the resources that CloudFormation makes before it."""
    names = set(template["Resources"])
    return {
        name: (set(references(resource)) & names) - {name}
        for name, resource in template["Resources"].items()
    }
