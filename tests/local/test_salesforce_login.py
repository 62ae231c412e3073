"""The token endpoint: who gets in, and in what words the others are refused."""

from __future__ import annotations

import base64
from collections.abc import Iterator

import jwt
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from local.salesforce import Approval, RunningOrg, SalesforceSimulator, SimulatedOrg, SimulatedUser
from tests.local.clients import (
    API,
    CONSUMER_KEY,
    JWT_BEARER,
    Assertions,
    FixedClock,
    OrgClient,
    error_code,
    oauth_error,
)

USERNAME = "integration@acme.my.salesforce.com"


@pytest.fixture
def visitor(client: OrgClient) -> OrgClient:
    """A client without a token."""
    client.token = ""
    return client


def test_a_jwt_login_answers_with_token_org_and_user(
    visitor: OrgClient, org: RunningOrg, assertions: Assertions
) -> None:
    answer = visitor.login_with(assertions.sign(USERNAME)).json()

    assert answer["access_token"].startswith(f"{org.org_id[:15]}!")
    assert answer["instance_url"] == "https://acme.my.salesforce.com"
    assert answer["token_type"] == "Bearer"
    user_id = org.user_id(org.document.users[0])
    assert answer["id"] == f"https://login.salesforce.com/id/{org.org_id}/{user_id}"
    assert "refresh_token" not in answer


def test_a_token_opens_the_api_of_its_own_org_only(
    visitor: OrgClient, simulator: SalesforceSimulator, assertions: Assertions
) -> None:
    simulator.add(SimulatedOrg(host="other.my.salesforce.com"))
    visitor.token = visitor.login_with(assertions.sign(USERNAME)).json()["access_token"]

    assert visitor.query("SELECT Id FROM Organization").status_code == 200
    visitor.host = "other.my.salesforce.com"
    refused = visitor.query("SELECT Id FROM Organization")
    assert error_code(refused) == (401, "INVALID_SESSION_ID")


def test_every_login_gives_a_new_token(visitor: OrgClient, assertions: Assertions) -> None:
    assertion = assertions.sign(USERNAME)
    tokens = {visitor.login_with(assertion).json()["access_token"] for _ in range(3)}
    assert len(tokens) == 3


@pytest.mark.parametrize(
    "expiry",
    [
        pytest.param(lambda now: int(now) + 180, id="a number"),
        pytest.param(lambda now: str(int(now) + 180), id="a numeric text"),
        pytest.param(lambda now: int(now * 1000) + 300, id="milliseconds"),
        pytest.param(lambda now: int(now), id="now"),
    ],
)
def test_every_expiry_that_real_clients_send_is_accepted(
    visitor: OrgClient, app_key: rsa.RSAPrivateKey, clock: FixedClock, expiry: object
) -> None:
    assert callable(expiry)
    claims = {
        "iss": CONSUMER_KEY,
        "sub": USERNAME,
        "aud": "https://login.salesforce.com",
        "exp": expiry(clock()),
    }
    # The library refuses a textual expiry when it decodes, not when it encodes.
    assertion = jwt.encode(claims, app_key, algorithm="RS256")
    assert visitor.login_with(assertion).status_code == 200


@pytest.mark.parametrize("audience", ["https://login.salesforce.com", f"https://{USERNAME[12:]}"])
def test_login_and_site_are_audiences_of_a_production_org(
    visitor: OrgClient, assertions: Assertions, audience: str
) -> None:
    assert visitor.login_with(assertions.sign(USERNAME, aud=audience)).status_code == 200


def test_a_sandbox_wants_the_test_host_as_audience(
    simulator: SalesforceSimulator, assertions: Assertions
) -> None:
    host = "acme--uat.sandbox.my.salesforce.com"
    simulator.add(SimulatedOrg(host=host))
    with_session = OrgClient(simulator.base_url, host)
    username = f"integration@{host}"

    refused = with_session.login_with(assertions.sign(username))
    accepted = with_session.login_with(assertions.sign(username, aud="https://test.salesforce.com"))
    with_session.session.close()

    assert oauth_error(refused) == (400, "invalid_grant", "audience is invalid")
    assert accepted.json()["id"].startswith("https://test.salesforce.com/id/")


@pytest.mark.parametrize(
    ("claims", "refusal"),
    [
        ({"iss": "another app"}, ("invalid_client_id", "client identifier invalid")),
        ({"aud": "https://evil.example"}, ("invalid_grant", "audience is invalid")),
        ({"exp": 1_699_999_000}, ("invalid_grant", "expired authorization code")),
        ({"exp": "soon"}, ("invalid_grant", "expired authorization code")),
        ({"sub": "nobody@acme.example"}, ("invalid_grant", "user hasn't approved this consumer")),
    ],
)
def test_a_wrong_claim_is_refused_in_the_words_of_the_platform(
    visitor: OrgClient,
    assertions: Assertions,
    claims: dict[str, object],
    refusal: tuple[str, str],
) -> None:
    answer = visitor.login_with(assertions.sign(USERNAME, **claims))
    assert oauth_error(answer) == (400, *refusal)


def test_a_signature_of_another_key_is_refused(visitor: OrgClient, clock: FixedClock) -> None:
    stranger = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    answer = visitor.login_with(Assertions(stranger, clock).sign(USERNAME))
    assert oauth_error(answer) == (400, "invalid_grant", "invalid assertion")


@pytest.mark.parametrize("algorithm", ["none", "HS256"])
def test_an_assertion_that_is_not_signed_with_rs256_is_refused(
    visitor: OrgClient, clock: FixedClock, algorithm: str
) -> None:
    claims = {
        "iss": CONSUMER_KEY,
        "sub": USERNAME,
        "aud": "https://login.salesforce.com",
        "exp": int(clock()) + 60,
    }
    key = "k" * 32 if algorithm == "HS256" else ""
    answer = visitor.login_with(jwt.encode(claims, key, algorithm=algorithm))
    assert oauth_error(answer) == (400, "invalid_grant", "invalid assertion")


def test_a_good_signature_under_another_label_is_refused(
    visitor: OrgClient, assertions: Assertions, app_key: rsa.RSAPrivateKey
) -> None:
    claims = assertions.sign(USERNAME).split(".")[1]
    label = base64.urlsafe_b64encode(b'{"alg":"RS512"}').rstrip(b"=").decode()
    signed = f"{label}.{claims}".encode()
    signature = app_key.sign(signed, padding.PKCS1v15(), hashes.SHA256())
    encoded = base64.urlsafe_b64encode(signature).rstrip(b"=").decode()
    answer = visitor.login_with(f"{label}.{claims}.{encoded}")
    assert oauth_error(answer) == (400, "invalid_grant", "invalid assertion")


@pytest.mark.parametrize("assertion", ["", "a.b", "a.b.c", "e30.e30.e30", "ö.ö.ö", "...."])
def test_rubbish_instead_of_an_assertion_is_refused(visitor: OrgClient, assertion: str) -> None:
    status, error, _ = oauth_error(visitor.login_with(assertion))
    assert (status, error) in {(400, "invalid_grant"), (400, "invalid_client_id")}


@pytest.mark.parametrize(
    ("change", "description"),
    [
        ({"active": False}, "inactive user"),
        ({"approval": Approval.NOT_APPROVED}, "user hasn't approved this consumer"),
        (
            {"approval": Approval.NOT_ADMIN_APPROVED},
            "user is not admin approved to access this app",
        ),
    ],
)
def test_a_user_who_may_not_log_in_is_told_why(
    visitor: OrgClient,
    org: RunningOrg,
    assertions: Assertions,
    change: dict[str, object],
    description: str,
) -> None:
    user = org.document.users[0]
    for name, value in change.items():
        setattr(user, name, value)
    answer = visitor.login_with(assertions.sign(USERNAME))
    assert oauth_error(answer) == (400, "invalid_grant", description)


def test_nobody_logs_in_to_an_inactive_org(
    visitor: OrgClient, org: RunningOrg, assertions: Assertions
) -> None:
    org.document.active = False
    answer = visitor.login_with(assertions.sign(USERNAME))
    assert oauth_error(answer) == (400, "invalid_grant", "inactive organization")


def test_a_chunked_login_is_accepted(visitor: OrgClient, assertions: Assertions) -> None:
    def chunks() -> Iterator[bytes]:
        yield f"grant_type={JWT_BEARER}&assertion=".encode()
        yield assertions.sign(USERNAME).encode()

    answer = visitor.request(
        "POST",
        "/services/oauth2/token",
        data=chunks(),
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )
    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("grant", "refusal"),
    [
        ("password", ("invalid_grant", "authentication failure")),
        ("refresh_token", ("invalid_grant", "expired access/refresh token")),
        ("saml", ("unsupported_grant_type", "grant type not supported")),
        ("", ("unsupported_grant_type", "grant type not supported")),
    ],
)
def test_other_grants_are_refused(visitor: OrgClient, grant: str, refusal: tuple[str, str]) -> None:
    assert oauth_error(visitor.login({"grant_type": grant})) == (400, *refusal)


def test_client_credentials_log_the_run_as_user_in(
    visitor: OrgClient, org: RunningOrg, consumer_secret: str
) -> None:
    org.document.run_as = USERNAME
    form = {"grant_type": "client_credentials"}
    in_form = form | {"client_id": CONSUMER_KEY, "client_secret": consumer_secret}
    basic = base64.b64encode(f"{CONSUMER_KEY}:{consumer_secret}".encode()).decode()

    assert visitor.login(in_form).status_code == 200
    answer = visitor.login(form, headers={"Authorization": f"Basic {basic}"})
    assert answer.json()["id"].endswith(org.user_id(org.document.users[0]))


@pytest.mark.parametrize(
    ("key", "secret_is_right", "refusal"),
    [
        ("another app", True, ("invalid_client_id", "client identifier invalid")),
        (CONSUMER_KEY, False, ("invalid_client", "invalid client credentials")),
        (CONSUMER_KEY, True, ("invalid_grant", "no client credentials user enabled")),
    ],
)
def test_client_credentials_are_refused_in_the_words_of_the_platform(
    visitor: OrgClient,
    consumer_secret: str,
    key: str,
    secret_is_right: bool,
    refusal: tuple[str, str],
) -> None:
    answer = visitor.login(
        {
            "grant_type": "client_credentials",
            "client_id": key,
            "client_secret": consumer_secret if secret_is_right else "wrong",
        }
    )
    assert oauth_error(answer) == (400, *refusal)


@pytest.mark.parametrize("host", ["login.salesforce.com", "test.salesforce.com"])
def test_client_credentials_work_at_my_domain_only(
    visitor: OrgClient, consumer_secret: str, host: str
) -> None:
    visitor.host = host
    answer = visitor.login(
        {
            "grant_type": "client_credentials",
            "client_id": CONSUMER_KEY,
            "client_secret": consumer_secret,
        }
    )
    assert oauth_error(answer) == (400, "invalid_grant", "request not supported on this domain")


def test_a_token_ends_with_its_lifetime(
    client: OrgClient, org: RunningOrg, clock: FixedClock
) -> None:
    org.document.token_lifetime_seconds = 60
    clock.advance(59)
    assert client.query("SELECT Id FROM User").status_code == 200
    clock.advance(1)
    assert error_code(client.query("SELECT Id FROM User")) == (401, "INVALID_SESSION_ID")


def test_a_revoked_token_is_refused_until_the_next_login(
    client: OrgClient, org: RunningOrg
) -> None:
    org.revoke_sessions()
    assert error_code(client.query("SELECT Id FROM User")) == (401, "INVALID_SESSION_ID")
    client.token = org.issue_token()
    assert client.query("SELECT Id FROM User").status_code == 200


def test_the_identity_names_user_and_mail_address(
    client: OrgClient, simulator: SalesforceSimulator
) -> None:
    user = SimulatedUser(username="int@mail.example", email="admin@mail.example")
    mailed = simulator.add(SimulatedOrg(host="mail.my.salesforce.com", users=[user]))
    client.host, client.token = mailed.host, mailed.issue_token()

    identity = client.get("/services/oauth2/userinfo").json()

    assert identity["preferred_username"] == "int@mail.example"
    assert identity["email"] == "admin@mail.example"
    assert identity["organization_id"] == mailed.org_id


def test_the_identity_is_refused_without_a_session(visitor: OrgClient) -> None:
    answer = visitor.get("/services/oauth2/userinfo")
    assert (answer.status_code, answer.text) == (403, "Bad_OAuth_Token")


@pytest.mark.parametrize("path", [f"{API}/limits", f"{API}/sobjects", API])
def test_the_api_is_closed_without_a_session(visitor: OrgClient, path: str) -> None:
    assert error_code(visitor.get(path)) == (401, "INVALID_SESSION_ID")
