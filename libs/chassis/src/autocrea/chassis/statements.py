"""What is asked of the database, by name: verbs and tables of each statement, never a parameter.

A span holds a transaction and the names of its statements; how long each takes, a metric tells. A span for each would
cost seven times as much, and in each trace of the batch that shares them.
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import lru_cache

from asyncpg import PostgresError
from asyncpg.connection import LoggedQuery
from autocrea.chassis.client_calls import DONE
from autocrea.chassis.metrics import STATEMENT_SECONDS
from opentelemetry.trace import Span

SYSTEM = {"db.system.name": "postgresql"}
SUMMARY_CHARACTERS_MAX = 255  # the conventions' own limit
STATEMENTS_MAX = 1_024  # all services' together are some two hundred constants

_NAMED = re.compile(
    r"\b(?:(INSERT) INTO|(DELETE) FROM|(?<!FOR )(?<!DO )(?<!KEY )(UPDATE)) ([a-z_]+)"
    r"|\b(?:(?<!DISTINCT )FROM|JOIN) ([a-z_]+)\b(?! ?\()"  # of functions there are rows, and no table
)
_TEMPORARY = re.compile(r"(?:\bWITH|,) ([a-z_]+) AS \(")


class Use:
    """What is asked during one use of a connection: asyncpg calls it with each statement, in the loop's next turn."""

    def __init__(self) -> None:
        self._names: list[str] = []
        self._attributes: dict[str, str | int] = {}

    def __call__(self, record: LoggedQuery) -> None:
        name, error = summary_of(record.query), record.exception
        outcome = DONE if error is None else type(error).__name__
        STATEMENT_SECONDS.labels(name, outcome).observe(record.elapsed)
        if not self._names:
            self._attributes["db.namespace"] = record.conn_params.database
            if isinstance(record.conn_addr, tuple):
                address, port = record.conn_addr[:2]
                self._attributes |= {"server.address": address, "server.port": port}
        self._names.append(name)
        if isinstance(error, PostgresError):
            self._attributes["db.response.status_code"] = str(error.sqlstate)

    def tell(self, spans: Sequence[Span]) -> None:
        """One statement gives its spans the name, several are listed."""
        if not self._names:
            return
        said = "; ".join(self._names)
        if len(said) > SUMMARY_CHARACTERS_MAX:
            said = said[: said.rindex("; ", 0, SUMMARY_CHARACTERS_MAX)]
        attributes = self._attributes | {"db.query.summary": said}
        if len(self._names) > 1:
            attributes["db.operation.batch.size"] = len(self._names)
        for span in spans:
            span.set_attributes(attributes)
            if len(self._names) == 1:
                span.update_name(said)


@contextmanager
def used(spans: AbstractContextManager[Sequence[Span]]) -> Iterator[Use]:
    """A use of a connection that must have been given back at the end of the block, when its spans are told of it."""
    use = Use()
    with spans as told:
        try:
            yield use
        finally:
            use.tell(told)


@lru_cache(maxsize=STATEMENTS_MAX)
def summary_of(statement: str) -> str:
    """Its verbs and tables in order, as `INSERT outbox` or `SELECT jobs UPDATE jobs`."""
    line = " ".join(statement.split())
    temporary = set(_TEMPORARY.findall(line))
    asked = dict.fromkeys(
        (insert or delete or update or "SELECT", written or read)
        for insert, delete, update, written, read in _NAMED.findall(line)
        if (written or read) not in temporary
    )
    words: list[str] = []
    for (verb, table), before in zip(asked, ("", *(one for one, _ in asked)), strict=False):
        words += [table] if verb == before else [verb, table]
    return " ".join(words)[:SUMMARY_CHARACTERS_MAX] or line.partition(" ")[0].rstrip(";")
