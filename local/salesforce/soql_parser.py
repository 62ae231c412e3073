"""A parser for the part of SOQL that clients of package and settings data use.

SELECT with fields, relationship paths, ``COUNT()`` and one level of child queries; FROM one object;
WHERE with AND, OR, NOT, comparison, LIKE, IN and NOT IN; ORDER BY, LIMIT, OFFSET. What SOQL has
beyond that (aggregates, date literals, FIELDS(), TYPEOF, USING SCOPE) is refused as malformed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

type Literal = str | int | float | bool | None


class SoqlError(Exception):
    """A query was refused.

    Attributes:
        code: The REST errorCode.
        message: What is wrong, without the excerpt of the query.
        position: Offset in the query that the message points at, or None.
    """

    def __init__(self, code: str, message: str, position: int | None = None) -> None:
        """Keep what is needed to word the error as the platform does."""
        super().__init__(message)
        self.code = code
        self.message = message
        self.position = position

    def worded(self, query: str) -> str:
        """Return the message with the excerpt and the caret that SOQL errors carry."""
        if self.position is None:
            return self.message
        start = max(0, self.position - 50)
        excerpt = " ".join(query[start : self.position + 40].splitlines())
        caret = " " * (self.position - start) + "^"
        where = f"ERROR at Row:1:Column:{self.position + 1}"
        return f"\n{excerpt}\n{caret}\n{where}\n{self.message}"


@dataclass(frozen=True, slots=True)
class FieldPath:
    """A field as it was written, for example ``SubscriberPackage.Name``."""

    parts: tuple[str, ...]
    position: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """One condition on one field. For IN and NOT IN there are several values."""

    field: FieldPath
    operator: str
    values: tuple[Literal, ...]
    quoted: bool
    position: int


@dataclass(frozen=True, slots=True)
class Both:
    """Every condition holds."""

    conditions: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Either:
    """At least one condition holds."""

    conditions: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Negation:
    """The condition does not hold."""

    condition: Condition


type Condition = Comparison | Both | Either | Negation


@dataclass(frozen=True, slots=True)
class Ordering:
    """One item of ORDER BY."""

    field: FieldPath
    descending: bool
    nulls_last: bool


@dataclass(frozen=True, slots=True)
class Query:
    """A parsed query. ``fields`` is empty for COUNT()."""

    fields: tuple[FieldPath | Query, ...]
    counting: bool
    object_name: str
    object_position: int
    where: Condition | None
    order_by: tuple[Ordering, ...]
    limit: int | None
    offset: int


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    position: int


_TOKEN: Final = re.compile(
    r"""\s*(?:
      (?P<string>'(?:[^'\\]|\\.)*')
    | (?P<datetime>\d{4}-\d{2}-\d{2}(?:T[\d:.]+(?:Z|[+-]\d{2}:?\d{2}))?)
    | (?P<number>-?\d+(?:\.\d+)?)
    | (?P<name>[A-Za-z][A-Za-z0-9_]*(?:\.[A-Za-z][A-Za-z0-9_]*)*)
    | (?P<operator><=|>=|!=|<>|=|<|>)
    | (?P<mark>[(),])
    )""",
    re.VERBOSE,
)
_ESCAPES: Final = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f"}
_ESCAPE: Final = re.compile(r"\\(.)", re.DOTALL)
_VALID_ESCAPES: Final = frozenset("nrtbfNRTBF\"'\\_%")
_RESERVED: Final = frozenset(
    ("select", "from", "where", "order", "limit", "offset", "and", "or", "not", "in", "like")
)
_COMPARISONS: Final = frozenset(("=", "!=", "<>", "<", "<=", ">", ">="))


@lru_cache(maxsize=4096)
def parse(text: str) -> Query:
    """Parse a query.

    Raises:
        SoqlError: The query is malformed.
    """
    parser = _Parser(text)
    query = parser.query()
    parser.expect_end()
    return query


def _tokens(text: str) -> list[_Token]:
    tokens: list[_Token] = []
    position, end = 0, len(text.rstrip())
    while position < end:
        match = _TOKEN.match(text, position)
        if match is None or match.lastgroup is None:
            start = position + len(text[position:]) - len(text[position:].lstrip())
            # The platform counts columns of lexical errors from 0 and names the character.
            raise SoqlError(
                "MALFORMED_QUERY",
                f"line 1:{start} no viable alternative at character '{text[start]}'",
            )
        kind = match.lastgroup
        tokens.append(_Token(kind, match.group(kind), match.start(kind)))
        position = match.end()
    return tokens


def _unescaped(quoted: str, position: int) -> str:
    def replacement(match: re.Match[str]) -> str:
        char = match.group(1)
        if char not in _VALID_ESCAPES:
            raise SoqlError("MALFORMED_QUERY", "Illegal escape sequence in string", position)
        # Wildcards stay escaped so that LIKE can tell them from plain characters.
        return match.group(0) if char in "_%" else _ESCAPES.get(char.lower(), char)

    return _ESCAPE.sub(replacement, quoted[1:-1])


class _Parser:
    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = _tokens(text)
        self._next = 0

    def query(self, *, nested: bool = False) -> Query:
        self._keyword("select")
        fields, counting = self._select_list(nested=nested)
        self._keyword("from")
        source = self._name()
        where = self._condition() if self._accept("where") else None
        order_by = self._order_by()
        limit = self._whole_number() if self._accept("limit") else None
        offset = self._whole_number() if self._accept("offset") else 0
        return Query(fields, counting, source.text, source.position, where, order_by, limit, offset)

    def expect_end(self) -> None:
        if self._next < len(self._tokens):
            raise self._unexpected()

    def _select_list(self, *, nested: bool) -> tuple[tuple[FieldPath | Query, ...], bool]:
        if self._peek("count") and self._is_mark("(", ahead=1):
            self._next += 2
            self._mark(")")
            return (), True
        items: list[FieldPath | Query] = []
        while True:
            if not nested and self._is_mark("("):
                self._next += 1
                items.append(self.query(nested=True))
                self._mark(")")
            else:
                items.append(self._field())
            if not self._is_mark(","):
                return tuple(items), False
            self._next += 1

    def _condition(self) -> Condition:
        first = self._term()
        if not (self._peek("and") or self._peek("or")):
            return first
        word = self._tokens[self._next].text.lower()
        terms = [first]
        while self._accept(word):
            terms.append(self._term())
        # SOQL has no precedence between AND and OR: mixing them needs parentheses.
        if self._peek("and") or self._peek("or"):
            raise self._unexpected()
        return Both(tuple(terms)) if word == "and" else Either(tuple(terms))

    def _term(self) -> Condition:
        if self._accept("not"):
            return Negation(self._term())
        if self._is_mark("("):
            self._next += 1
            condition = self._condition()
            self._mark(")")
            return condition
        return self._comparison()

    def _comparison(self) -> Comparison:
        field = self._field()
        token = self._token()
        operator = "!=" if token.text == "<>" else token.text.lower()
        self._next += 1
        if operator == "not" and self._accept("in"):
            return self._membership(field, "not in")
        if operator == "in":
            return self._membership(field, "in")
        if operator != "like" and operator not in _COMPARISONS:
            self._next -= 1
            raise self._unexpected()
        position = self._token().position
        value, quoted = self._literal()
        return Comparison(field, operator, (value,), quoted, position)

    def _membership(self, field: FieldPath, operator: str) -> Comparison:
        self._mark("(")
        position = self._token().position
        values: list[Literal] = []
        quoted = False
        while True:
            value, value_quoted = self._literal()
            values.append(value)
            quoted = quoted or value_quoted
            if not self._is_mark(","):
                break
            self._next += 1
        self._mark(")")
        return Comparison(field, operator, tuple(values), quoted, position)

    def _literal(self) -> tuple[Literal, bool]:
        token = self._token()
        self._next += 1
        if token.kind == "string":
            return _unescaped(token.text, token.position), True
        if token.kind == "datetime":
            return token.text, False
        if token.kind == "number":
            return (float(token.text) if "." in token.text else int(token.text)), False
        word = token.text.lower()
        if word in ("true", "false"):
            return word == "true", False
        if word == "null":
            return None, False
        self._next -= 1
        raise self._unexpected()

    def _order_by(self) -> tuple[Ordering, ...]:
        if not self._accept("order"):
            return ()
        self._keyword("by")
        items = [self._ordering()]
        while self._is_mark(","):
            self._next += 1
            items.append(self._ordering())
        return tuple(items)

    def _ordering(self) -> Ordering:
        field = self._field()
        descending = self._accept("desc")
        if not descending:
            self._accept("asc")
        nulls_last = descending
        if self._accept("nulls"):
            nulls_last = self._accept("last")
            if not nulls_last:
                self._keyword("first")
        return Ordering(field, descending, nulls_last)

    def _field(self) -> FieldPath:
        token = self._name()
        if self._is_mark("("):
            raise self._unexpected()
        return FieldPath(tuple(token.text.split(".")), token.position)

    def _name(self) -> _Token:
        token = self._token()
        if token.kind != "name" or token.text.lower() in _RESERVED:
            raise self._unexpected()
        self._next += 1
        return token

    def _whole_number(self) -> int:
        token = self._token()
        if token.kind != "number" or not token.text.isdigit():
            raise self._unexpected()
        self._next += 1
        return int(token.text)

    def _token(self) -> _Token:
        if self._next >= len(self._tokens):
            raise SoqlError("MALFORMED_QUERY", "unexpected token: '<EOF>'", len(self._text))
        return self._tokens[self._next]

    def _peek(self, word: str) -> bool:
        if self._next >= len(self._tokens):
            return False
        token = self._tokens[self._next]
        return token.kind == "name" and token.text.lower() == word

    def _accept(self, word: str) -> bool:
        found = self._peek(word)
        self._next += found
        return found

    def _keyword(self, word: str) -> None:
        if not self._accept(word):
            raise self._unexpected()

    def _is_mark(self, mark: str, *, ahead: int = 0) -> bool:
        index = self._next + ahead
        return index < len(self._tokens) and self._tokens[index].text == mark

    def _mark(self, mark: str) -> None:
        if not self._is_mark(mark):
            raise self._unexpected()
        self._next += 1

    def _unexpected(self) -> SoqlError:
        if self._next >= len(self._tokens):
            return SoqlError("MALFORMED_QUERY", "unexpected token: '<EOF>'", len(self._text))
        token = self._tokens[self._next]
        return SoqlError("MALFORMED_QUERY", f"unexpected token: '{token.text}'", token.position)
