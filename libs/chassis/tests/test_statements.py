"""A statement is called by its verbs and tables, whatever is in it."""

import pytest
from autocrea.chassis import jobs, outbox
from autocrea.chassis.statements import summary_of


@pytest.mark.parametrize(
    ("statement", "summary"),
    [
        ("BEGIN;", "BEGIN"),
        ("SELECT 1", "SELECT"),
        ("SELECT a.x FROM a JOIN b USING (id) WHERE a.x IS DISTINCT FROM b.x FOR UPDATE", "SELECT a b"),
        ("INSERT INTO a (x) SELECT x FROM unnest($1::int[]) ON CONFLICT (x) DO UPDATE SET x = 1", "INSERT a"),
        ("SELECT extract(epoch FROM now() - min(x)) FROM a", "SELECT a"),
        ("WITH c AS (SELECT x FROM a) UPDATE b SET x = c.x FROM c", "SELECT a UPDATE b"),
        ("DELETE FROM a\n WHERE x IN (SELECT x FROM a LIMIT $1)", "DELETE a SELECT a"),
        (jobs._TAKE, "SELECT jobs UPDATE jobs"),
        (outbox._WRITE, "INSERT outbox"),
    ],
)
def test_its_name_has_verbs_and_tables_when_a_statement_is_told(statement: str, summary: str) -> None:
    assert summary_of(statement) == summary
