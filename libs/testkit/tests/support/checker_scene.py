"""Evidence of one real generation, and ways to falsify a copy of it: a row changed, lost or doubled, a fact retold."""

import io
import json
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any
from uuid import UUID

from autocrea.testkit.checker import check
from autocrea.testkit.checker.evidence import Evidence, Fact, Row, RunKey
from autocrea.testkit.objects import StoredObject

Table = tuple[str, str]
"""A service and the name of a table of it."""

Defect = tuple[Callable[["Scene"], "Scene"], str]
"""A falsification, and how the sentence that the checker must say of it begins; `…` stands for anything."""


@dataclass(frozen=True)
class Scene:
    """What there is to see. Every change gives a scene of its own and fails unless there was something to change."""

    evidence: Evidence
    generation_id: UUID
    user_id: str
    other_user_id: str

    @property
    def of_generation(self) -> Row:
        return {"generation_id": self.generation_id}

    @property
    def findings(self) -> list[str]:
        return check(self.evidence)

    def assert_finds(self, defect: Defect) -> None:
        """The checker says the sentence once the defect is planted."""
        plant, sentence = defect
        (call,) = self.rows(("llm-router", "llm_calls"), **self.of_generation, step="backend")
        wanted = sentence.format(
            generation=self.generation_id,
            run=RunKey(self.generation_id, 1),
            call=call["call_id"],
            user=self.user_id,
            other=self.other_user_id,
        ).split("…")
        found = plant(self).findings
        assert any(
            finding.startswith(wanted[0]) and all(part in finding for part in wanted) for finding in found
        ), (wanted, found)

    def rows(self, table: Table, **where: Any) -> Sequence[Row]:
        """The rows whose columns have these values; one at least."""
        found = [row for row in self.evidence.rows(*table) if _fits(row, where)]
        assert found, f"no row of {table} with {where}"
        return found

    def change(self, table: Table, change: Callable[[Row], Row], **where: Any) -> "Scene":
        """Other values in some columns of the rows that fit."""
        self.rows(table, **where)
        rows = self.evidence.rows(*table)
        return self._with(table, [{**row, **change(row)} if _fits(row, where) else row for row in rows])

    def set(self, table: Table, where: Row, **columns: Any) -> "Scene":
        """The same with fixed values."""
        return self.change(table, lambda _: columns, **where)

    def drop(self, table: Table, **where: Any) -> "Scene":
        """Without the rows that fit."""
        self.rows(table, **where)
        return self._with(table, [row for row in self.evidence.rows(*table) if not _fits(row, where)])

    def add(self, table: Table, like: Row, **columns: Any) -> "Scene":
        """One more row: the first that fits, with other values in some columns."""
        return self.put(table, {**self.rows(table, **like)[0], **columns})

    def put(self, table: Table, row: Row) -> "Scene":
        """One more row."""
        return self._with(table, [*self.evidence.rows(*table), row])

    def told(self, service: str, type_: str, **data: Any) -> Row:
        """Names the outbox row of the last message of this type that says this."""
        rows = [row for row in self.rows((service, "outbox"), type=type_) if _fits(_data(row), data)]
        assert rows, f"nothing told of {type_} with {data}"
        return {"id": rows[-1]["id"]}

    def retell(self, service: str, type_: str, where: Row, **data: Any) -> "Scene":
        """The last message of this type that says this, saying something else."""

        def otherwise(row: Row) -> Row:
            envelope = json.loads(row["body"])
            return {"body": json.dumps(envelope | {"data": envelope["data"] | data}).encode()}

        return self.change((service, "outbox"), otherwise, **self.told(service, type_, **where))

    @property
    def end(self) -> Fact:
        """The terminal event."""
        (fact,) = self.evidence.terminals[self.generation_id]
        return fact

    def retell_end(self, **data: Any) -> "Scene":
        """The terminal event, saying something else."""
        where = {"generation_id": str(self.generation_id)}
        return self.retell("orchestrator", self.end.type, where, **data)

    def heard(self, change: Callable[[Row], Sequence[Row]]) -> "Scene":
        """Providers that received other calls: each call of the generation becomes what `change` makes of it."""
        own = {str(row["call_id"]) for row in self.rows(("llm-router", "llm_calls"), **self.of_generation)}
        calls = [
            new
            for entry in self.evidence.calls
            for new in (change(entry) if entry["call_id"] in own else [entry])
        ]
        return self._seen(calls=calls)

    def store(self, change: Callable[[dict[str, StoredObject]], object]) -> "Scene":
        """A bucket with other objects."""
        objects = dict(self.evidence.objects)
        change(objects)
        return self._seen(objects=objects)

    @property
    def archive(self) -> StoredObject:
        """The generation's archive in the bucket."""
        (row,) = self.rows(("artifacts", "archives"), **self.of_generation)
        return self.evidence.objects[row["object_key"]]

    def repack(self, change: Callable[[dict[str, bytes]], object]) -> "Scene":
        """Other contents of the archive, and its digest changed along wherever it is named."""
        with zipfile.ZipFile(io.BytesIO(self.archive.body)) as archive:
            inside = {name: archive.read(name) for name in archive.namelist()}
        change(inside)
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            for name, content in inside.items():
                archive.writestr(name, content)
        body = packed.getvalue()
        digest = {"sha256": sha256(body).hexdigest(), "bytes": len(body)}
        stored = replace(self.archive, body=body)
        return (
            self.store(lambda objects: objects.update({stored.key: stored}))
            .set(("artifacts", "archives"), self.of_generation, **digest)
            .retell_end(archive=self.end.data["archive"] | digest)
        )

    def _with(self, table: Table, rows: Sequence[Row]) -> "Scene":
        service, name = table
        return self._seen(
            tables={**self.evidence.tables, service: {**self.evidence.tables[service], name: rows}}
        )

    def _seen(self, **evidence: Any) -> "Scene":
        return replace(self, evidence=replace(self.evidence, **evidence))


def _fits(row: Row, where: Row) -> bool:
    return all(row[column] == value for column, value in where.items())


def _data(row: Row) -> Mapping[str, Any]:
    found: Mapping[str, Any] = json.loads(row["body"])["data"] if row["body"] is not None else {}
    return found
