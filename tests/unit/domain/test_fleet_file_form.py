"""What the fleet file may look like as a file, and how its problems are reported."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import ALLOWED_DOMAINS, fleet_cells, fleet_csv, org_id_of
from zoom_migrator.domain.errors import InvalidFleetFile, RowProblem
from zoom_migrator.domain.fleet_columns import OPTIONAL_COLUMNS, REQUIRED_COLUMNS
from zoom_migrator.domain.fleet_file import FleetRow, parse_fleet_file

HEADER = ",".join(REQUIRED_COLUMNS + OPTIONAL_COLUMNS) + "\n"


def parse(content: str | bytes) -> list[FleetRow]:
    raw = content.encode() if isinstance(content, str) else content
    return parse_fleet_file(raw, allowed_domains=ALLOWED_DOMAINS)


def places_of(content: str | bytes) -> list[tuple[int, str]]:
    return [(problem.line, problem.column) for problem in problems_of(content)]


def reasons_of(content: str | bytes) -> list[str]:
    return [problem.reason for problem in problems_of(content)]


def problems_of(content: str | bytes) -> tuple[RowProblem, ...]:
    with pytest.raises(InvalidFleetFile) as refused:
        parse(content)
    return refused.value.problems


class TestForms:
    @pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
    @pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
    def test_any_line_ends_with_or_without_a_byte_order_mark(
        self, line_end: str, mark: bytes
    ) -> None:
        text = fleet_csv(fleet_cells(1), fleet_cells(2), line_end=line_end)

        rows = parse(mark + text.encode())

        assert [(row.line, row.registration.org_id) for row in rows] == [
            (2, org_id_of(1)),
            (3, org_id_of(2)),
        ]

    def test_the_last_line_may_lack_its_end(self) -> None:
        assert len(parse(fleet_csv(fleet_cells(1), fleet_cells(2)).rstrip("\n"))) == 2

    def test_commas_and_quotes_within_quotes_belong_to_the_cell(self) -> None:
        (row,) = parse(fleet_csv(fleet_cells(display_name='Acme, "the" firm')))

        assert row.registration.display_name == 'Acme, "the" firm'

    @pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
    def test_lines_are_counted_as_an_editor_counts_them(self, line_end: str) -> None:
        text = fleet_csv(
            fleet_cells(1, products=f"{line_end}phone{line_end};webinar"),
            fleet_cells(2, environment="no"),
            line_end=line_end,
        )

        assert places_of(text) == [(5, "environment")]

    def test_a_problem_in_a_row_of_several_lines_names_the_line_it_begins_on(self) -> None:
        text = fleet_csv(fleet_cells(1), fleet_cells(2, display_name="Acme\nLtd", tags="?"))

        assert places_of(text) == [(3, "display_name"), (3, "tags")]

    @pytest.mark.parametrize("line_end", ["\n", "\r\n"])
    def test_blank_lines_are_passed_over_and_counted(self, line_end: str) -> None:
        good = fleet_csv(fleet_cells(1), fleet_cells(2), line_end=line_end)
        header, first, second = good.splitlines()
        blank = "," * 10
        text = line_end.join([header, "", first, " ", blank, second, "", ""])

        assert [row.line for row in parse(text)] == [3, 6]

    def test_columns_may_stand_in_any_order_and_case(self) -> None:
        columns = [*reversed(OPTIONAL_COLUMNS), *reversed(REQUIRED_COLUMNS)]
        text = fleet_csv(fleet_cells(), columns=columns)
        header, row = text.splitlines()

        assert parse(f"{header.upper().replace(',', ' , ')}\n{row}\n") == parse(
            fleet_csv(fleet_cells())
        )

    def test_optional_columns_may_be_absent(self) -> None:
        (row,) = parse(fleet_csv(fleet_cells(), columns=REQUIRED_COLUMNS))

        assert row.registration == parse(fleet_csv(fleet_cells()))[0].registration

    def test_ten_thousand_orgs_are_read(self) -> None:
        rows = parse(fleet_csv(*(fleet_cells(number) for number in range(10_000))))

        assert len(rows) == 10_000
        assert rows[-1].line == 10_001


class TestUnreadableFiles:
    @pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
    def test_utf16_is_named_as_the_one_problem(self, encoding: str) -> None:
        content = fleet_csv(fleet_cells()).encode(encoding)

        assert reasons_of(content) == ["not UTF-8; save the file as 'CSV UTF-8'"]

    @pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
    def test_another_encoding_is_named_with_the_line_of_the_first_wrong_letter(
        self, line_end: str
    ) -> None:
        text = fleet_csv(fleet_cells(1), fleet_cells(2, display_name="Müller"), line_end=line_end)

        (problem,) = problems_of(text.encode("latin-1"))

        assert problem.line == 3
        assert "CSV UTF-8" in problem.reason

    def test_semicolons_are_named_as_the_one_problem(self) -> None:
        text = fleet_csv(fleet_cells()).replace(",", ";")

        assert reasons_of(text) == ["the columns are separated by semicolons; use commas"]

    def test_a_file_of_one_column_is_not_taken_for_one_with_semicolons(self) -> None:
        assert (1, "display_name") in places_of("org_key\n00D\n")

    @pytest.mark.parametrize("content", ["", "\n", "\ufeff", ",,,\n", "   "])
    def test_an_empty_file_is_told_to_begin_with_a_header(self, content: str) -> None:
        (problem,) = problems_of(content)

        assert problem.line == 1
        assert "header" in problem.reason

    @pytest.mark.parametrize("rest", ["", "\n", "\r\n\r\n", ",,,,,,,,,,\n"])
    def test_a_header_alone_is_refused(self, rest: str) -> None:
        assert reasons_of(HEADER + rest) == ["the file has no rows below its header"]

    def test_a_file_of_more_than_32_mb_is_refused_unread(self) -> None:
        assert reasons_of(b"\xff" * (32 * 1024 * 1024 + 1)) == ["the file is larger than 32 MB"]

    @pytest.mark.parametrize("content", [b"\x00", b"\xff\xfe", b"PK\x03\x04", b"%PDF-1.7", b"\x80"])
    def test_another_kind_of_file_is_refused(self, content: bytes) -> None:
        assert places_of(content)


class TestHeader:
    @pytest.mark.parametrize("missing", REQUIRED_COLUMNS)
    def test_a_missing_required_column_is_named(self, missing: str) -> None:
        columns = [name for name in REQUIRED_COLUMNS if name != missing]

        (problem,) = problems_of(fleet_csv(fleet_cells(), columns=columns))

        assert (problem.line, problem.column) == (1, missing)
        assert "missing" in problem.reason

    def test_an_unknown_column_is_named_with_those_that_are_known(self) -> None:
        cells = fleet_cells() | {"zoom_admin_mail": "x"}

        (problem,) = problems_of(fleet_csv(cells, columns=[*cells]))

        assert (problem.line, problem.column) == (1, "zoom_admin_mail")
        assert "zoom_admin_email" in problem.reason

    @pytest.mark.parametrize("double", REQUIRED_COLUMNS + OPTIONAL_COLUMNS)
    def test_a_column_that_occurs_twice_is_named(self, double: str) -> None:
        columns = [*REQUIRED_COLUMNS, *OPTIONAL_COLUMNS, double]

        (problem,) = problems_of(fleet_csv(fleet_cells(), columns=columns))

        assert (problem.line, problem.column) == (1, double)
        assert "twice" in problem.reason

    def test_a_cell_without_a_name_is_told_by_its_number(self) -> None:
        (problem,) = problems_of(HEADER.rstrip("\n") + ",\n")

        assert (problem.line, problem.column) == (1, "")
        last = len(REQUIRED_COLUMNS + OPTIONAL_COLUMNS) + 1
        assert problem.reason == f"cell {last} of the header is empty"

    def test_all_problems_of_the_header_are_reported_at_once(self) -> None:
        text = "org_key,tags,tags,colour\n"

        assert set(places_of(text)) == {
            (1, "tags"),
            (1, "colour"),
            *((1, name) for name in REQUIRED_COLUMNS if name != "org_key"),
        }

    @pytest.mark.parametrize("hostile", ["\x1b[2J", "\u202e", "a\x00b", '"a\nb"'])
    def test_a_hostile_column_name_is_shown_in_plain_characters(self, hostile: str) -> None:
        for problem in problems_of(HEADER.replace("tags", hostile)):
            assert str(problem).isprintable()

    def test_a_huge_column_name_is_cut(self) -> None:
        for problem in problems_of(HEADER.replace("tags", "x" * 100_000)):
            assert len(str(problem)) < 400

    def test_a_quote_left_open_in_the_header_is_one_problem(self) -> None:
        (problem,) = problems_of('"org_key,display_name\n1,2\n')

        assert problem.line == 1
        assert "quotes" in problem.reason


class TestRows:
    def test_every_problem_of_every_row_is_reported_at_once(self) -> None:
        text = fleet_csv(
            fleet_cells(1, org_key="x", tags="?", deadline_override="soon"),
            fleet_cells(2),
            fleet_cells(3, environment="prod", salesforce_admin_email="ada"),
        )

        assert sorted(places_of(text)) == [
            (2, "deadline_override"),
            (2, "org_key"),
            (2, "tags"),
            (4, "environment"),
            (4, "salesforce_admin_email"),
        ]

    def test_problems_come_in_the_order_of_the_file(self) -> None:
        text = fleet_csv(*(fleet_cells(number, tags="?") for number in range(50)))

        lines = [line for line, _ in places_of(text)]

        assert lines == sorted(lines)

    @pytest.mark.parametrize("cells", [1, 16, 18, 500])
    def test_a_row_with_too_few_or_too_many_cells_is_reported_with_both_numbers(
        self, cells: int
    ) -> None:
        text = fleet_csv(fleet_cells()) + ",".join(["x"] * cells) + "\n"

        assert reasons_of(text) == [f"{len(fleet_cells())} cells expected, {cells} found"]
        assert places_of(text) == [(3, "")]

    def test_both_forms_of_one_org_id_are_a_duplicate(self) -> None:
        text = fleet_csv(
            fleet_cells(1, org_key=org_id_of(1)),
            fleet_cells(2),
            fleet_cells(3, org_key=org_id_of(1)[:15]),
        )

        (problem,) = problems_of(text)

        assert (problem.line, problem.column) == (4, "org_key")
        assert problem.reason == f"{org_id_of(1)} is already on line 2"

    def test_one_host_belongs_to_one_org(self) -> None:
        text = fleet_csv(
            fleet_cells(1, my_domain_host="acme.my.salesforce.com"),
            fleet_cells(2, my_domain_host="https://ACME.my.salesforce.com/"),
        )

        (problem,) = problems_of(text)

        assert (problem.line, problem.column) == (3, "my_domain_host")
        assert problem.reason == "acme.my.salesforce.com is already on line 2"

    def test_every_further_duplicate_is_reported_with_the_first(self) -> None:
        text = fleet_csv(
            *(fleet_cells(n, org_key=org_id_of(1), tags="?" if n == 1 else "") for n in (1, 2, 3))
        )

        assert [reason for reason in reasons_of(text) if "already" in reason] == [
            f"{org_id_of(1)} is already on line 2",
            f"{org_id_of(1)} is already on line 2",
        ]

    def test_broken_cells_are_not_duplicates_of_each_other(self) -> None:
        text = fleet_csv(fleet_cells(1, org_key="?"), fleet_cells(2, org_key="?"))

        assert all("already" not in reason for reason in reasons_of(text))

    def test_a_thousand_problems_are_enough(self) -> None:
        text = fleet_csv(*(fleet_cells(number, tags="?", org_key="x") for number in range(2_000)))

        assert len(places_of(text)) == 1_000

    def test_the_message_counts_the_problems_and_says_that_nothing_was_imported(self) -> None:
        with pytest.raises(InvalidFleetFile, match="2 problems; nothing was imported"):
            parse(fleet_csv(fleet_cells(1, tags="?", products="?")))
        with pytest.raises(InvalidFleetFile, match="1 problem; nothing was imported"):
            parse(fleet_csv(fleet_cells(1, tags="?")))

    def test_a_problem_reads_as_line_column_and_reason(self) -> None:
        (problem,) = problems_of(fleet_csv(fleet_cells(1, environment="prod")))

        assert str(problem) == (
            "line 2, column environment: production or sandbox expected, not 'prod'"
        )


class TestBrokenCsv:
    def test_a_quote_left_open_is_reported_where_its_row_begins(self) -> None:
        rows = "".join(fleet_csv(fleet_cells(n)).partition("\n")[2] for n in range(2, 30))
        text = fleet_csv(fleet_cells(1)) + '"00D' + rows

        (problem,) = problems_of(text)

        assert (problem.line, problem.column) == (3, "")
        assert "check the quotes" in problem.reason

    def test_problems_before_a_quote_left_open_are_reported_too(self) -> None:
        assert places_of(fleet_csv(fleet_cells(1, tags="?")) + '"00D') == [(2, "tags"), (3, "")]

    def test_rows_after_a_broken_quote_are_checked_too(self) -> None:
        text = (
            fleet_csv(fleet_cells(1))
            + '"a"b,c\n'
            + fleet_csv(fleet_cells(2, tags="?")).partition("\n")[2]
        )

        assert places_of(text) == [(3, ""), (4, "tags")]

    @pytest.mark.parametrize("quote", ["", '"'])
    def test_a_cell_of_a_megabyte_is_one_problem_among_the_others(self, quote: str) -> None:
        huge = f"{quote}{'x' * 1_048_576}{quote},b\n"
        text = (
            fleet_csv(fleet_cells(1))
            + huge
            + fleet_csv(fleet_cells(2, tags="?")).partition("\n")[2]
        )

        assert places_of(text) == [(3, ""), (4, "tags")]
        assert all(len(reason) < 200 for reason in reasons_of(text))

    def test_nul_is_reported_in_its_cell(self) -> None:
        assert places_of(fleet_csv(fleet_cells(1), fleet_cells(2, display_name="a\x00"))) == [
            (3, "display_name")
        ]


hostile_cells = st.one_of(
    st.text(max_size=20),
    st.sampled_from(['"', '""', ",", "\n", "\r", "\r\n", "\x00", "=1", "\ufeff", ";", "é", "00D"]),
    st.sampled_from(list(fleet_cells().values())),
)


class TestAnyFile:
    @given(st.binary(max_size=400))
    def test_any_bytes_are_read_or_refused_as_a_fleet_file(self, content: bytes) -> None:
        self._read_or_refused(content)

    @given(st.lists(st.lists(hostile_cells, max_size=13), max_size=6))
    def test_any_rows_below_a_good_header_are_read_or_refused(self, rows: list[list[str]]) -> None:
        text = HEADER + "\n".join(",".join(row) for row in rows)

        self._read_or_refused(text.encode())

    @given(st.data())
    def test_any_change_of_one_byte_is_read_or_refused(self, data: st.DataObject) -> None:
        content = bytearray(fleet_csv(fleet_cells(1), fleet_cells(2)).encode())
        place = data.draw(st.integers(0, len(content) - 1))
        content[place] = data.draw(st.integers(0, 255))

        self._read_or_refused(bytes(content))

    def _read_or_refused(self, content: bytes) -> None:
        try:
            rows = parse(content)
        except InvalidFleetFile as refused:
            assert refused.problems
            assert all(problem.line >= 1 and problem.reason for problem in refused.problems)
            assert all(str(problem).isprintable() for problem in refused.problems)
        else:
            assert rows
            assert len({row.registration.org_id for row in rows}) == len(rows)
