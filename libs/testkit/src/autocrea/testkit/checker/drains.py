"""I7: everything that was to be sent was sent, everything due was done, every dead letter is explained."""

from collections.abc import Iterator

from autocrea.testkit.checker.evidence import Evidence

OVERDUE_SECONDS = 1.0
"""A runner looks for due jobs every second; less is on its way."""

OF_RUNS = ("run_deadline", "verify_step", "execute_step", "package_generation")
"""Jobs that belong to a run and have nothing to do after its end."""


def check(evidence: Evidence) -> Iterator[str]:
    ended = {(str(id_), str(fact.data["run"])) for id_, facts in evidence.terminals.items() for fact in facts}
    for service, tables in evidence.tables.items():
        for row in tables["outbox"]:
            if row["sent_at"] is None:
                age = f"{row['age_seconds']:.0f} s"
                yield f"I7: {service} has not sent {row['type']} {row['id']}, written {age} ago"
        for row in tables["dead_letters"]:
            if row["resolved_at"] is None or not row["resolved_why"]:
                yield f"I7: {service} has an unexplained dead letter {row['id']} of {row['type']}: {row['reason']}"
        for row in tables["jobs"]:
            named = f"the job {row['kind']} {row['key']}"
            if row["overdue_seconds"] > OVERDUE_SECONDS:
                yield f"I7: {service} has {named} due since {row['overdue_seconds']:.0f} s"
            elif row["kind"] in OF_RUNS and any(
                generation_id in row["key"] and run in row["key"] for generation_id, run in ended
            ):
                yield f"I7: {service} still has {named} of a run that has ended"
