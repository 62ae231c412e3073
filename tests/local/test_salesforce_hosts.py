"""Which org a request reaches, by host name, user or token; and what the log keeps of it."""

from __future__ import annotations

import ipaddress
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import urllib3
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from local.salesforce import (
    Phase,
    RunningOrg,
    SalesforceSimulator,
    SimulatedOrg,
    SimulatedPackage,
    SimulatedUser,
)
from tests.local.clients import CONSUMER_KEY, Assertions, OrgClient, error_code, oauth_error

ORGANIZATION = "SELECT Id FROM Organization"
SANDBOX = "acme--uat.sandbox.my.salesforce.com"


@pytest.fixture
def sandbox(simulator: SalesforceSimulator, org: RunningOrg) -> RunningOrg:
    return simulator.add(SimulatedOrg(host=SANDBOX))


def found_org(client: OrgClient) -> str:
    (record,) = client.records(ORGANIZATION)
    return str(record["Id"])


@pytest.mark.parametrize("spelling", ["{}", "{}:443"])
def test_orgs_are_told_apart_by_host(
    client: OrgClient, org: RunningOrg, sandbox: RunningOrg, spelling: str
) -> None:
    for wanted in (org, sandbox):
        client.host, client.token = spelling.format(wanted.host.upper()), wanted.issue_token()
        assert found_org(client) == wanted.org_id


def test_a_host_that_no_org_has_is_a_missing_page(client: OrgClient) -> None:
    client.host = "nobody.my.salesforce.com"
    answer = client.query(ORGANIZATION)
    assert answer.status_code == 404
    assert "URL No Longer Exists" in answer.text


def test_an_org_is_found_by_host_and_by_either_form_of_its_id(
    simulator: SalesforceSimulator, org: RunningOrg
) -> None:
    for name in (org.host, org.org_id, org.org_id[:15]):
        assert simulator.org(name) is org
    with pytest.raises(KeyError, match="nobody"):
        simulator.org("nobody")


@pytest.mark.parametrize(
    ("login_host", "username", "reaches"),
    [
        ("login.salesforce.com", "integration@acme.my.salesforce.com", True),
        ("test.salesforce.com", f"integration@{SANDBOX}", True),
        ("login.salesforce.com", f"integration@{SANDBOX}", False),
        ("test.salesforce.com", "integration@acme.my.salesforce.com", False),
    ],
)
def test_the_common_login_hosts_know_the_users_of_their_kind_of_org(
    client: OrgClient,
    sandbox: RunningOrg,
    assertions: Assertions,
    login_host: str,
    username: str,
    reaches: bool,
) -> None:
    client.host = login_host
    answer = client.login_with(assertions.sign(username, aud=f"https://{login_host}"))
    if reaches:
        site = username.partition("@")[2]
        assert answer.json()["instance_url"] == f"https://{site}"
    else:
        assert oauth_error(answer)[2] == "user hasn't approved this consumer"


def test_a_user_of_one_org_does_not_log_in_at_the_host_of_another(
    client: OrgClient, sandbox: RunningOrg, assertions: Assertions
) -> None:
    answer = client.login_with(assertions.sign(f"integration@{SANDBOX}"))
    assert oauth_error(answer)[2] == "user hasn't approved this consumer"


def test_a_client_without_host_names_reaches_the_org_of_its_user_and_token(
    client: OrgClient, simulator: SalesforceSimulator, sandbox: RunningOrg, assertions: Assertions
) -> None:
    client.host = f"127.0.0.1:{simulator.port}"
    assertion = assertions.sign(f"integration@{SANDBOX}", aud=simulator.base_url)
    answer = client.login_with(assertion).json()
    assert answer["instance_url"] == simulator.base_url

    client.token = answer["access_token"]
    assert found_org(client) == sandbox.org_id


def test_a_client_without_host_names_or_token_reaches_the_default_org(
    client: OrgClient, simulator: SalesforceSimulator, org: RunningOrg, sandbox: RunningOrg
) -> None:
    client.host, client.token = "localhost", ""
    assert client.get("/services/data").status_code == 404
    simulator.world.default_org = sandbox.host
    assert client.get("/services/data").status_code == 200
    assert error_code(client.query(ORGANIZATION)) == (401, "INVALID_SESSION_ID")


def test_two_orgs_cannot_share_a_user_or_an_id(
    simulator: SalesforceSimulator, org: RunningOrg
) -> None:
    shared = SimulatedUser(username="Integration@acme.my.salesforce.com")
    with pytest.raises(ValueError, match="belongs to acme"):
        simulator.add(SimulatedOrg(host="b.my.salesforce.com", users=[shared]))
    with pytest.raises(ValueError, match="belongs to acme"):
        simulator.add(SimulatedOrg(host="b.my.salesforce.com", org_id=org.org_id))


def test_an_org_that_is_added_again_starts_over(
    client: OrgClient, simulator: SalesforceSimulator, org: RunningOrg
) -> None:
    again = SimulatedOrg(host=org.host, packages=[SimulatedPackage(version="3.30")])
    simulator.add(again)
    assert error_code(client.query(ORGANIZATION)) == (401, "INVALID_SESSION_ID")
    assert len(simulator.world.orgs) == 1


def test_the_log_keeps_what_was_asked_and_how_it_ended(
    client: OrgClient, simulator: SalesforceSimulator, org: RunningOrg
) -> None:
    client.query("SELECT Id FROM Foo")
    client.tooling("SELECT Id FROM InstalledSubscriberPackage")
    (data,) = simulator.requests_to(org.host, Phase.DATA)
    assert (data.method, data.host, data.status) == ("GET", org.host, 400)
    assert data.target.endswith("?q=SELECT+Id+FROM+Foo")
    assert len(simulator.requests_to(org.host)) == 2
    simulator.forget_requests()
    assert simulator.requests == []


def test_the_log_keeps_no_credentials(
    client: OrgClient, simulator: SalesforceSimulator, assertions: Assertions
) -> None:
    assertion = assertions.sign("integration@acme.my.salesforce.com")
    token = client.login_with(assertion).json()["access_token"]
    client.get("/services/data", params={"oauth_token": token, "a": "b"})
    logged = repr(simulator.requests)
    assert token not in logged
    assert assertion not in logged
    assert "oauth_token=...&a=b" in logged


def test_it_is_reached_on_the_loopback_address_only(simulator: SalesforceSimulator) -> None:
    assert simulator.base_url == f"http://127.0.0.1:{simulator.port}"


def test_a_taken_port_is_reported(simulator: SalesforceSimulator, public_key: bytes) -> None:
    second = SalesforceSimulator(
        consumer_key=CONSUMER_KEY, public_key_pem=public_key, port=simulator.port
    )
    with pytest.raises(OSError, match="address already in use"):
        second.start()


def test_a_key_that_is_not_rsa_is_refused() -> None:
    with pytest.raises(ValueError, match=r"PEM|RSA"):
        SalesforceSimulator(consumer_key="k", public_key_pem="no key")


def test_it_speaks_tls_with_a_given_certificate(tmp_path: Path) -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    certificate = self_signed(key)
    (tmp_path / "certificate").write_bytes(certificate)
    (tmp_path / "key").write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    )
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(tmp_path / "certificate", tmp_path / "key")

    # The certificate serves as the app's public key as well.
    with (
        SalesforceSimulator(consumer_key="k", public_key_pem=certificate, tls=tls) as simulator,
        urllib3.PoolManager(ca_certs=str(tmp_path / "certificate")) as pool,
    ):
        simulator.add(SimulatedOrg(host="acme.my.salesforce.com"))
        address = f"{simulator.base_url}/services/data"
        answer = pool.request("GET", address, headers={"Host": "acme.my.salesforce.com"})
        assert simulator.base_url.startswith("https://127.0.0.1:")
    assert answer.status == 200


def self_signed(key: rsa.RSAPrivateKey) -> bytes:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    loopback = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    now = datetime.now(UTC)
    usage = x509.KeyUsage(
        digital_signature=True,
        key_cert_sign=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
    identifier = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([loopback]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(identifier, critical=False)
        .sign(key, hashes.SHA256())
    )
    return built.public_bytes(Encoding.PEM)
