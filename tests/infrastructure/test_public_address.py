"""What the whole world can reach: pages behind links, what Zoom and Slack call, nothing else."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, Final

import pytest

from tests.infrastructure.templates import Template, properties, resources
from zoom_migrator.adapters.web.response import STRICT_HEADERS
from zoom_migrator.oauth_settings import CALLBACK_PATH

# Whoever opens these has no account with us; the link is what proves that they may.
PUBLIC_ROUTES: Final = {
    ("GET", "/approve/{link}"): "ApproveFunction",
    ("HEAD", "/approve/{link}"): "ApproveFunction",
    ("POST", "/approve/{link}"): "ApproveFunction",
    ("GET", "/authorize/{link}"): "AuthorizeFunction",
    ("HEAD", "/authorize/{link}"): "AuthorizeFunction",
    ("POST", "/authorize/{link}"): "AuthorizeFunction",
    ("GET", "/oauth/callback"): "OauthCallbackFunction",
    ("HEAD", "/oauth/callback"): "OauthCallbackFunction",
    ("GET", "/oauth/done/{reference}"): "AuthorizeFunction",
    ("HEAD", "/oauth/done/{reference}"): "AuthorizeFunction",
    ("GET", "/cleanup/{link}"): "CleanupFunction",
    ("HEAD", "/cleanup/{link}"): "CleanupFunction",
    ("POST", "/cleanup/{link}"): "CleanupFunction",
    ("GET", "/mute/{link}"): "MuteFunction",
    ("HEAD", "/mute/{link}"): "MuteFunction",
    ("POST", "/mute/{link}"): "MuteFunction",
    # What Zoom sends here is signed.
    ("POST", "/webhooks/zoom"): "ZoomWebhookFunction",
    # So is what Slack sends here.
    ("POST", "/slack/interactions"): "SlackInteractionsFunction",
}
WEBHOOK: Final = "/~1webhooks~1zoom"
PRESSES: Final = "/~1slack~1interactions"
# What a link could be read from. Source: API Gateway guide, "Variables for access logging".
TELLTALE: Final = ("path}", "$context.path", "query", "input", "header", "sourceIp", "userAgent")


def routes(template: Template) -> Iterator[tuple[str, str, Any]]:
    """Method, path and integration of everything that the API answers."""
    for path, methods in properties(template, "PublicApi")["Body"]["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path, operation["x-amazon-apigateway-integration"]


def test_nothing_is_public_but_what_is_meant_to_be(expanded: Template) -> None:
    found = {(method, path) for method, path, _ in routes(expanded)}

    assert found == set(PUBLIC_ROUTES)


def test_every_route_leads_to_its_function(expanded: Template) -> None:
    for method, path, integration in routes(expanded):
        function = properties(expanded, PUBLIC_ROUTES[method, path])

        assert integration["type"] == "aws_proxy"
        name = function["FunctionName"]["Fn::Sub"]
        assert integration["uri"]["Fn::Sub"].endswith(f":function:{name}/invocations")


def test_zoom_sends_browsers_back_to_the_address_that_the_operator_registers(
    expanded: Template,
) -> None:
    text, values = expanded["Outputs"]["OAuthRedirectUri"]["Value"]["Fn::Sub"]

    assert text == f"${{BaseUrl}}{CALLBACK_PATH}"
    assert values["BaseUrl"] == expanded["Outputs"]["PublicBaseUrl"]["Value"]
    assert ("GET", CALLBACK_PATH) in PUBLIC_ROUTES


@pytest.mark.parametrize("output", ["ZoomWebhookUrl", "SlackInteractionsUrl"])
def test_the_operator_is_told_the_address_that_others_send_to(
    expanded: Template, output: str
) -> None:
    text, values = expanded["Outputs"][output]["Value"]["Fn::Sub"]

    assert values["BaseUrl"] == expanded["Outputs"]["PublicBaseUrl"]["Value"]
    assert ("POST", text.removeprefix("${BaseUrl}")) in PUBLIC_ROUTES


@pytest.mark.parametrize(
    "function",
    [
        "Authorize",
        "OauthCallback",
        "RequestAuthorization",
        "FollowUpAuthorization",
        "SendReminders",
        "Notify",
    ],
)
def test_functions_know_the_address_that_links_begin_with(
    expanded: Template, function: str
) -> None:
    variables = properties(expanded, f"{function}Function")["Environment"]["Variables"]

    assert variables["PUBLIC_BASE_URL"] == expanded["Outputs"]["PublicBaseUrl"]["Value"]


def test_the_api_is_the_only_public_entrance(expanded: Template) -> None:
    kinds = {resource["Type"] for resource in expanded["Resources"].values()}

    assert set(resources(expanded, "AWS::ApiGateway::RestApi")) == {"PublicApi"}
    assert kinds.isdisjoint({"AWS::Lambda::Url", "AWS::ApiGatewayV2::Api"})


def test_only_the_api_may_call_a_function_from_outside_and_only_for_its_routes(
    expanded: Template,
) -> None:
    permissions = [
        permission["Properties"]
        for permission in resources(expanded, "AWS::Lambda::Permission").values()
        if permission["Properties"]["Principal"] == "apigateway.amazonaws.com"
    ]
    prefix = (
        "arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${PublicApi}/live/*"
    )

    assert {
        (permission["SourceArn"]["Fn::Sub"], permission["FunctionName"]["Ref"])
        for permission in permissions
    } == {
        (prefix + re.sub(r"{\w+}", "*", path), function)
        for (_, path), function in PUBLIC_ROUTES.items()
    }


def test_a_link_stands_in_no_log_and_no_trace(expanded: Template) -> None:
    stage = properties(expanded, "PublicApiliveStage")
    log_format = stage["AccessLogSetting"]["Format"]

    assert set(json.loads(log_format)) == {"request_id", "resource", "status", "latency_ms"}
    assert "$context.resourcePath" in log_format
    assert not [name for name in TELLTALE if re.search(re.escape(name) + r"\b", log_format)]
    assert stage["TracingEnabled"] is False
    for settings in stage["MethodSettings"]:
        assert (settings["LoggingLevel"], settings["DataTraceEnabled"]) == ("OFF", False)
        assert settings["CachingEnabled"] is False


def test_nobody_can_send_more_requests_than_the_account_can_bear(expanded: Template) -> None:
    limits = {
        (settings["ResourcePath"], settings["HttpMethod"]): (
            settings["ThrottlingRateLimit"],
            settings["ThrottlingBurstLimit"],
        )
        for settings in properties(expanded, "PublicApiliveStage")["MethodSettings"]
    }

    assert limits == {
        ("/*", "*"): (20, 40),
        (WEBHOOK, "POST"): (5, 10),
        (PRESSES, "POST"): (5, 10),
    }


@pytest.mark.parametrize(
    "kind", ["MISSING_AUTHENTICATION_TOKEN", "THROTTLED", "DEFAULT_4XX", "DEFAULT_5XX"]
)
def test_what_the_api_answers_by_itself_is_constant_and_has_the_pages_headers(
    expanded: Template, kind: str
) -> None:
    body = properties(expanded, "PublicApi")["Body"]
    answer = body["x-amazon-apigateway-gateway-responses"][kind]
    headers = {
        name.removeprefix("gatewayresponse.header."): value.strip("'")
        for name, value in answer["responseParameters"].items()
    }

    assert headers.items() <= STRICT_HEADERS.items()
    assert {"Cache-Control", "Referrer-Policy", "Strict-Transport-Security"} <= set(headers)
    (text,) = answer["responseTemplates"].values()
    assert "$" not in text
    assert set(json.loads(text)) == {"message"}


def test_a_domain_of_ones_own_takes_the_place_of_the_apis_address(expanded: Template) -> None:
    domain = expanded["Resources"]["PublicDomain"]
    server = properties(expanded, "PublicApi")["Body"]["servers"][0]

    assert domain["Condition"] == "HasCustomDomain"
    assert domain["Properties"]["SecurityPolicy"] == "TLS_1_2"
    assert server["x-amazon-apigateway-endpoint-configuration"] == {
        "disableExecuteApiEndpoint": {"Fn::If": ["HasCustomDomain", True, False]}
    }


def test_a_domain_of_ones_own_needs_a_certificate(expanded: Template) -> None:
    (assertion,) = expanded["Rules"]["ACustomDomainHasACertificate"]["Assertions"]

    assert "CustomDomainCertificateArn" in json.dumps(assertion)


def test_links_begin_with_what_was_set_the_own_domain_or_the_apis_address(
    expanded: Template,
) -> None:
    value = expanded["Outputs"]["PublicBaseUrl"]["Value"]["Fn::If"]

    assert value[:2] == ["HasPublicBaseUrl", {"Ref": "PublicBaseUrl"}]
    assert value[2]["Fn::If"][:2] == [
        "HasCustomDomain",
        {"Fn::Sub": "https://${CustomDomainName}"},
    ]
    assert "execute-api" in value[2]["Fn::If"][2]["Fn::Sub"]


@pytest.mark.parametrize(
    ("address", "is_good"),
    [
        ("https://zoom.example.com", True),
        ("https://zoom.example.com/migrator", True),
        ("http://localhost:8080", True),
        ("https://zoom.example.com/", False),
        ("http://zoom.example.com", False),
        ("https://zoom.example.com/a?b=c", False),
        ("https://user@zoom.example.com", False),
    ],
)
def test_links_never_begin_with_an_address_that_would_give_them_away(
    expanded: Template, address: str, is_good: bool
) -> None:
    pattern = expanded["Parameters"]["PublicBaseUrl"]["AllowedPattern"]

    assert bool(re.fullmatch(pattern, address)) is is_good
