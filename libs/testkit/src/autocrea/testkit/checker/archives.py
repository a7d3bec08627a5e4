"""I5: a completed generation has its archive, whole and as promised; nothing lies in the store unreferred to."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from uuid import UUID

from autocrea.contracts.paths import MANIFEST_NAME
from autocrea.testkit.checker.evidence import Evidence, Fact, RunKey

REFERRED_TO = ("packaging", "ready")


def check(evidence: Evidence) -> Iterator[str]:
    delivered = _delivered(evidence)
    rows = {RunKey(row["generation_id"], row["run"]): row for row in evidence.rows("artifacts", "archives")}
    for fact in evidence.facts("orchestrator.generation_completed.v1"):
        row = rows.get(fact.run)
        if row is not None and row["state"] == "erased":
            continue  # its project was deleted afterwards
        if row is None or row["state"] != "ready":
            yield f"I5: {fact.run} completed and its archive is {row['state'] if row else 'unknown'}"
            continue
        stored = evidence.objects.get(row["object_key"])
        if stored is None:
            yield f"I5: {fact.run} completed and there is no object {row['object_key']}"
            continue
        promised = fact.data["archive"]
        if (promised["sha256"], promised["bytes"]) != (row["sha256"], row["bytes"]):
            yield f"I5: {fact.run} promised another archive than artifacts keeps"
        if hashlib.sha256(stored.body).hexdigest() != row["sha256"] or len(stored.body) != row["bytes"]:
            yield f"I5: the object {row['object_key']} of {fact.run} is not the archive with SHA-256 {row['sha256']}"
            continue
        yield from _contents(fact, stored.packed, delivered.get(fact.generation_id, {}))
    yield from _orphans(evidence)
    yield from _stored_files(evidence)


def _contents(fact: Fact, packed: Mapping[str, bytes], delivered: Mapping[str, set[str]]) -> Iterator[str]:
    """The manifest lists exactly what is inside, and that is what the completed steps delivered."""
    inside = dict(packed)
    if MANIFEST_NAME not in inside:
        yield f"I5: the archive of {fact.run} has no manifest"
        return
    manifest = json.loads(inside.pop(MANIFEST_NAME))
    listed = {entry["path"]: entry["sha256"] for entry in manifest["files"]}
    found = {path: hashlib.sha256(content).hexdigest() for path, content in inside.items()}
    for path in sorted(listed.keys() ^ found.keys()):
        yield f"I5: {path} is {'listed, not inside' if path in listed else 'inside, not listed'}: archive of {fact.run}"
    for path in sorted(listed.keys() & found.keys()):
        if listed[path] != found[path]:
            yield f"I5: {path} in the archive of {fact.run} is not what its manifest says"
    for path in sorted(found.keys() ^ delivered.keys()):
        where = "packed" if path in found else "delivered"
        yield f"I5: {path} was only {where}: archive of {fact.run}"
    for path in sorted(found.keys() & delivered.keys()):
        if found[path] not in delivered[path]:
            yield f"I5: {path} in the archive of {fact.run} is not what a step delivered"
    if len(found) != fact.data["archive"]["files"]:
        yield f"I5: {fact.run} promised {fact.data['archive']['files']} files and has {len(found)}"


def _delivered(evidence: Evidence) -> Mapping[UUID, Mapping[str, set[str]]]:
    """By generation and path: the digests of what its steps delivered."""
    found: dict[UUID, dict[str, set[str]]] = {}
    for fact in evidence.facts("orchestrator.step_completed.v1"):
        for entry in fact.data["files"]:
            paths = found.setdefault(fact.generation_id, {})
            paths.setdefault(entry["path"], set()).add(entry["sha256"])
    return found


def _orphans(evidence: Evidence) -> Iterator[str]:
    archives = evidence.rows("artifacts", "archives")
    referred_to = {row["object_key"] for row in archives if row["state"] in REFERRED_TO}
    oldest = datetime.now(UTC) - evidence.orphans_after
    for key, stored in evidence.objects.items():
        if key not in referred_to and stored.modified_at < oldest:
            yield f"I5: nobody refers to the object {key} of {stored.modified_at:%Y-%m-%d %H:%M}"


def _stored_files(evidence: Evidence) -> Iterator[str]:
    archives = {
        RunKey(row["generation_id"], row["run"]): row for row in evidence.rows("artifacts", "archives")
    }
    for row in evidence.rows("artifacts", "files"):
        where = f"{row['path']} of generation {row['generation_id']} run {row['run']} step {row['step']}"
        if row["archived_run"] is None:
            found = row["found_sha256"]
        else:
            archive = archives[RunKey(row["generation_id"], row["archived_run"])]
            found = _packed_sha256(evidence, archive["object_key"], row["path"])
        if row["sha256"] != found:
            yield f"I5: the stored text of {where} has another SHA-256 than its row says"


def _packed_sha256(evidence: Evidence, key: str, path: str) -> str | None:
    """Of a file in an archive; None when there is neither."""
    packed = evidence.objects[key].packed if key in evidence.objects else {}
    return hashlib.sha256(packed[path]).hexdigest() if path in packed else None
