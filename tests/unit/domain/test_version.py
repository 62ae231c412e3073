from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zoom_migrator.domain.version import PackageVersion

parts = st.integers(min_value=0, max_value=99_999)
builds = st.one_of(st.none(), st.integers(min_value=0, max_value=999_999_999))
versions = st.builds(
    PackageVersion, major=parts, minor=parts, patch=parts, build=builds, beta=st.booleans()
)
# Few numbers, so that equal versions and versions that differ in one part only are common.
close_versions = st.builds(
    PackageVersion,
    major=st.integers(3, 4),
    minor=st.integers(26, 28),
    patch=st.integers(0, 1),
    build=st.sampled_from([None, 1, 9]),
    beta=st.booleans(),
)


def version(text: str) -> PackageVersion:
    return PackageVersion.parse(text)


def is_below(lower: str, higher: str) -> bool:
    return version(higher).is_at_least(version(lower)) and not version(lower).is_at_least(
        version(higher)
    )


@pytest.mark.parametrize(
    ("lower", "higher"),
    [
        ("3.9", "3.27"),
        ("3.27", "3.100"),
        ("3.26.9", "3.27"),
        ("3.27", "3.27.1"),
        ("3.27.9", "3.27.10"),
        ("2.99", "3.0"),
        ("9.0", "10.0"),
        ("3.26.5", "3.27b3"),
    ],
)
def test_versions_are_compared_as_integers_part_by_part(lower: str, higher: str) -> None:
    assert is_below(lower, higher)


@pytest.mark.parametrize("beta", ["3.27b1", "3.27 (Beta 7)", "3.27.0b999"])
def test_a_beta_stands_below_the_release_of_the_same_number(beta: str) -> None:
    assert is_below(beta, "3.27")


def test_a_beta_of_a_later_version_stands_above_an_earlier_release() -> None:
    assert is_below("3.27", "3.28b1")
    assert is_below("3.27", "3.27.1b1")


@pytest.mark.parametrize("text", ["3.27", "3.27.0", "3.27.0.1", "3.27.0.4711"])
def test_the_build_number_says_nothing_about_a_version(text: str) -> None:
    assert version(text).is_at_least(version("3.27.0.99"))
    assert version("3.27.0.99").is_at_least(version(text))


@given(close_versions, close_versions)
def test_of_two_versions_one_is_at_least_the_other(
    one: PackageVersion, other: PackageVersion
) -> None:
    assert one.is_at_least(other) or other.is_at_least(one)


@given(close_versions, close_versions, close_versions)
def test_the_order_of_versions_is_transitive(
    one: PackageVersion, two: PackageVersion, three: PackageVersion
) -> None:
    if one.is_at_least(two) and two.is_at_least(three):
        assert one.is_at_least(three)


@given(close_versions, close_versions)
def test_versions_that_are_at_least_each_other_differ_in_their_build_only(
    one: PackageVersion, other: PackageVersion
) -> None:
    equal = one.is_at_least(other) and other.is_at_least(one)
    same = (one.major, one.minor, one.patch, one.beta) == (
        other.major,
        other.minor,
        other.patch,
        other.beta,
    )
    assert equal is same


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("3.27", PackageVersion(3, 27)),
        ("3.27.1", PackageVersion(3, 27, 1)),
        ("3.23.0.4", PackageVersion(3, 23, 0, 4)),
        ("3.27b3", PackageVersion(3, 27, 0, 3, beta=True)),
        ("3.27.1b3", PackageVersion(3, 27, 1, 3, beta=True)),
        ("3.27 (Beta 3)", PackageVersion(3, 27, 0, 3, beta=True)),
        ("3.27.2 ( beta 12 )", PackageVersion(3, 27, 2, 12, beta=True)),
        ("  3.27\n", PackageVersion(3, 27)),
    ],
)
def test_a_version_is_read_as_people_and_salesforce_write_it(
    text: str, expected: PackageVersion
) -> None:
    assert version(text) == expected


@pytest.mark.parametrize(
    ("text", "shown", "full"),
    [
        ("3.27.0.4", "3.27", "3.27.0.4"),
        ("3.27.1.4", "3.27.1", "3.27.1.4"),
        ("3.27", "3.27", "3.27.0.0"),
        ("3.27b3", "3.27 (Beta 3)", "3.27.0b3"),
        ("3.27.1b3", "3.27.1 (Beta 3)", "3.27.1b3"),
    ],
)
def test_a_version_is_shown_as_setup_shows_it(text: str, shown: str, full: str) -> None:
    assert str(version(text)) == shown
    assert version(text).full == full


@given(versions)
def test_the_full_form_reads_back_as_the_same_version(original: PackageVersion) -> None:
    again = version(original.full)
    assert (again.major, again.minor, again.patch, again.build, again.beta) == (
        original.major,
        original.minor,
        original.patch,
        original.build or 0,
        original.beta,
    )


@given(versions)
def test_the_shown_form_reads_back_as_an_equal_version(original: PackageVersion) -> None:
    again = version(str(original))
    assert again.is_at_least(original)
    assert original.is_at_least(again)


@pytest.mark.parametrize(
    "junk",
    [
        "",
        " ",
        "3",
        "3.",
        ".27",
        "v3.27",
        "3.27.",
        "3,27",
        "3.27.1.2.3",
        "3.-27",
        "-3.27",
        "3.27b",
        "3.27beta",
        "3.27 (Beta)",
        "3.27 (Gamma 1)",
        "3 .27",
        "3.27\x00",
        "999999.1",
        "3.27; DROP",
        "\uff13.\uff12\uff17",
        "\u0663.\u0662\u0667",
    ],
)
def test_what_is_not_a_version_is_refused(junk: str) -> None:
    with pytest.raises(ValueError, match="is not a package version"):
        version(junk)


@given(st.text(max_size=40))
def test_any_text_is_a_version_or_refused(text: str) -> None:
    try:
        parsed = version(text)
    except ValueError:
        return
    assert version(parsed.full).is_at_least(parsed)
