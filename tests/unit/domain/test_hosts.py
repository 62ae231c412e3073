from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import ALLOWED_DOMAINS
from zoom_migrator.domain.hosts import is_sandbox_host, my_domain_host


def host(text: str) -> str:
    return my_domain_host(text, ALLOWED_DOMAINS)


@pytest.mark.parametrize(
    "good",
    [
        "acme.my.salesforce.com",
        "a.my.salesforce.com",
        "acme-2.my.salesforce.com",
        "acme--uat.my.salesforce.com",
        "acme--uat.sandbox.my.salesforce.com",
        "acme-dev-ed.develop.my.salesforce.com",
        "energy-site-1234-dev-ed.scratch.my.salesforce.com",
        "x" * 63 + ".my.salesforce.com",
    ],
)
def test_a_host_below_an_allowed_domain_is_taken_as_it_is(good: str) -> None:
    assert host(good) == good


@pytest.mark.parametrize(
    "pasted",
    [
        "https://acme.my.salesforce.com",
        "https://acme.my.salesforce.com/",
        "HTTPS://ACME.My.Salesforce.COM/",
        "acme.my.salesforce.com/",
        "  acme.my.salesforce.com  ",
    ],
)
def test_a_pasted_address_becomes_the_bare_host_in_lower_case(pasted: str) -> None:
    assert host(pasted) == "acme.my.salesforce.com"


@pytest.mark.parametrize(
    "look_alike",
    [
        "acme.my.salesforce.com.evil.com",
        "evil-my.salesforce.com",
        "evilmy.salesforce.com",
        "my.salesforce.com",
        ".my.salesforce.com",
        "acme..my.salesforce.com",
        "my.salesforce.com.evil.com",
        "acme.my.salesforce.co",
        "acme.my.salesforce.com-evil.com",
        "acme.my.salesforce.comevil.com",
        "acme.my-salesforce.com",
        "acme.my.salesf0rce.com",
        "evil.com",
        "localhost",
        "127.0.0.1",
        "169.254.169.254",
        "2130706433",
        "[::1]",
        "https://[::ffff:127.0.0.1]/",
    ],
)
def test_a_look_alike_or_any_other_host_is_refused(look_alike: str) -> None:
    with pytest.raises(ValueError, match=r"not a|expected|alone"):
        host(look_alike)


@pytest.mark.parametrize(
    "address",
    [
        "https://acme.my.salesforce.com@evil.com",
        "https://evil.com@acme.my.salesforce.com",
        "https://user:password@acme.my.salesforce.com",
        "https://@acme.my.salesforce.com",
        "acme.my.salesforce.com:443",
        "acme.my.salesforce.com:8443",
        "acme.my.salesforce.com:",
        "acme.my.salesforce.com:0x1bb",
        "acme.my.salesforce.com:99999",
        "acme.my.salesforce.com\\@evil.com",
    ],
)
def test_user_information_and_ports_are_refused(address: str) -> None:
    with pytest.raises(ValueError, match="without user, password or port"):
        host(address)


@pytest.mark.parametrize(
    "address",
    [
        "https://acme.my.salesforce.com/services/oauth2/token",
        "https://acme.my.salesforce.com//evil.com",
        "acme.my.salesforce.com?next=evil.com",
        "acme.my.salesforce.com?",
        "acme.my.salesforce.com#evil.com",
        "acme.my.salesforce.com#",
        "evil.com/.my.salesforce.com",
        "evil.com?.my.salesforce.com",
        "evil.com#.my.salesforce.com",
    ],
)
def test_paths_queries_and_fragments_are_refused(address: str) -> None:
    with pytest.raises(ValueError, match="without a path"):
        host(address)


@pytest.mark.parametrize(
    "address",
    [
        "http://acme.my.salesforce.com",
        "ftp://acme.my.salesforce.com",
        "javascript://acme.my.salesforce.com",
        "://acme.my.salesforce.com",
    ],
)
def test_only_https_is_used(address: str) -> None:
    with pytest.raises(ValueError, match="only https"):
        host(address)


@pytest.mark.parametrize(
    "text",
    [
        "acme\n.my.salesforce.com",
        "acme\r\n.my.salesforce.com",
        "acme\t.my.salesforce.com",
        "acme.my.sales\nforce.com",
        "ac me.my.salesforce.com",
        "acme\x00.my.salesforce.com",
        "acme\x1b[2J.my.salesforce.com",
        "acme\x7f.my.salesforce.com",
        "acme\u200b.my.salesforce.com",
        "acme\u202e.my.salesforce.com",
        "acme\u3002my.salesforce.com",
        "acme\uff0emy.salesforce.com",
        "acme.my.salesforce\uff61com",
        "\u0430cme.my.salesforce.com",
        "bloc\u212a.my.salesforce.com",
        "acme\u2100.my.salesforce.com",
        "acme%2emy.salesforce.com",
        "evil.com%2f.my.salesforce.com",
        "acme_1.my.salesforce.com",
        "-acme.my.salesforce.com",
        "acme-.my.salesforce.com",
        "acme.my.salesforce.com.",
        "x" * 64 + ".my.salesforce.com",
        "[acme.my.salesforce.com",
        "https://",
        "https:///",
        "",
        "'.my.salesforce.com",
    ],
)
def test_what_is_not_plainly_a_host_name_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a host name"):
        host(text)


@pytest.mark.parametrize("label", ["xn--acme-", "xn--80ak6aa92e.com"])
def test_a_punycode_look_alike_of_another_domain_is_refused(label: str) -> None:
    with pytest.raises(ValueError, match="not a"):
        host(label)


def test_a_host_may_have_253_characters_and_no_more() -> None:
    longest = ".".join(["a" * 63] * 3 + ["b" * 43]) + ".my.salesforce.com"
    assert len(longest) == 253
    assert host(longest) == longest

    with pytest.raises(ValueError, match="not a host name"):
        host(longest.replace("b.my", "bb.my"))
    with pytest.raises(ValueError, match="253 characters"):
        host("a" * 1_000_000)


@pytest.mark.parametrize(
    "address",
    [
        "acme.lightning.force.com",
        "https://acme--uat.sandbox.lightning.force.com/",
        "acme--c.vf.force.com",
        "acme.my.salesforce-setup.com",
    ],
)
def test_an_address_of_the_user_interface_is_refused_with_where_to_look(address: str) -> None:
    with pytest.raises(ValueError, match=r"address of the user interface.*Setup > My Domain"):
        host(address)


@pytest.mark.parametrize("shared", ["login.salesforce.com", "https://test.salesforce.com/"])
def test_the_shared_login_hosts_belong_to_no_org(shared: str) -> None:
    with pytest.raises(ValueError, match="shared by all orgs"):
        my_domain_host(shared, ["salesforce.com"])


def test_the_reason_names_the_domains_that_are_allowed() -> None:
    with pytest.raises(ValueError, match=r"\*\.my\.salesforce\.com or \*\.my\.salesforce\.mil"):
        my_domain_host("acme.example", ["my.salesforce.com", "my.salesforce.mil"])


def test_only_listed_domains_are_trusted() -> None:
    assert my_domain_host("acme.my.salesforce.mil", ["my.salesforce.mil"])
    with pytest.raises(ValueError, match="not a Salesforce My Domain host"):
        my_domain_host("acme.my.salesforce.com", ["my.salesforce.mil"])
    with pytest.raises(ValueError, match="not a Salesforce My Domain host"):
        my_domain_host("acme.my.salesforce.com", [])


@pytest.mark.parametrize("spelling", [".my.salesforce.com", "My.Salesforce.COM"])
def test_an_allowed_domain_may_be_written_in_any_case_and_with_its_dot(spelling: str) -> None:
    assert my_domain_host("acme.my.salesforce.com", [spelling]) == "acme.my.salesforce.com"


@pytest.mark.parametrize("empty", ["", "."])
def test_an_empty_allowed_domain_trusts_nothing(empty: str) -> None:
    with pytest.raises(ValueError, match="not a Salesforce My Domain host"):
        my_domain_host("evil.com", [empty])


address_pieces = st.sampled_from(
    ["https://", "acme", ".my.salesforce.com", ".", "@", ":", "443", "/", "\\", "?", "#", "%2e",
     "evil.com", "\n", "\t", "\u3002", "\u212a", "[", "]", "--uat", ".sandbox", "xn--a", " ", ""]
)  # fmt: skip


@given(st.one_of(st.text(max_size=60), st.lists(address_pieces, max_size=7).map("".join)))
def test_whatever_is_typed_only_a_clean_host_below_the_domain_comes_out(text: str) -> None:
    try:
        accepted = host(text)
    except ValueError:
        return
    assert re.fullmatch(r"([a-z0-9-]{1,63}\.)+my\.salesforce\.com", accepted)
    assert text.strip().lower().removeprefix("https://").removesuffix("/") == accepted


@pytest.mark.parametrize(
    ("name", "sandbox"),
    [
        ("acme.my.salesforce.com", False),
        ("acme-uat.my.salesforce.com", False),
        ("acme-dev-ed.develop.my.salesforce.com", False),
        ("sandbox.my.salesforce.com", False),
        ("acme--uat.my.salesforce.com", True),
        ("acme--uat.sandbox.my.salesforce.com", True),
        ("acme.sandbox.my.salesforce.com", True),
        ("energy-1234.scratch.my.salesforce.com", True),
    ],
)
def test_a_sandbox_is_told_by_its_host(name: str, sandbox: bool) -> None:
    assert is_sandbox_host(name) is sandbox
