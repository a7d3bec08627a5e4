"""Who may import whom: between members, and between the rooms of a service."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass

from architecture_rules.imported import Import, imports_of
from architecture_rules.tree import Member, Source, Tree, Violation

CONTRACTS, CHASSIS = "autocrea.contracts", "autocrea.chassis"
SERVICES = frozenset(
    f"autocrea.{name}" for name in ("gateway", "orchestrator", "llm_router", "billing", "artifacts")
)
MAY_IMPORT = {
    "contracts": frozenset[str](),
    "chassis": frozenset({CONTRACTS}),
    "simulators": frozenset({CONTRACTS}),  # reached over their wires: nothing of the services
    "cli": frozenset({CONTRACTS, CHASSIS}),  # services are reached over their operator routes
    "testkit": frozenset({CONTRACTS, CHASSIS, "autocrea.cli", "autocrea.simulators"} | SERVICES),
}
OF_SERVICES = frozenset({CONTRACTS, CHASSIS})
PYDANTIC = frozenset(
    {"pydantic", "pydantic_core", "typing_extensions"}
)  # what contracts is made of, so it comes along


@dataclass(frozen=True, slots=True)
class Room:
    """What the files of a room may import besides the standard library and each other."""

    rooms: frozenset[str]
    members: frozenset[str]
    third_parties: bool


ROOMS = {
    "domain": Room(frozenset(), frozenset({CONTRACTS}), third_parties=False),
    "ports": Room(frozenset({"domain"}), OF_SERVICES, third_parties=False),
    "handlers": Room(frozenset({"domain", "ports"}), OF_SERVICES, third_parties=False),
    "adapters": Room(frozenset({"domain", "ports"}), OF_SERVICES, third_parties=True),
    "entrypoints": Room(
        frozenset({"domain", "ports", "handlers", "adapters"}), OF_SERVICES, third_parties=True
    ),
}


def check(tree: Tree) -> Iterator[Violation]:
    for member in tree.members:
        allowed = OF_SERVICES if member.is_service else MAY_IMPORT.get(member.folder.name, frozenset())
        for source in member.sources:
            for each in imports_of(source):
                yield from _between_members(member, source, each, allowed)
                if member.is_service:
                    yield from _between_rooms(member, source, each)


def _between_members(
    member: Member, source: Source, each: Import, allowed: frozenset[str]
) -> Iterator[Violation]:
    if each.member is not None and each.member not in allowed | {member.module}:
        permitted = ", ".join(sorted(allowed)) or "no other member"
        sentence = f"{member.module} imports {each.member}; it may import {permitted}"
        yield source.broken(each.line, "borders", sentence)
    if (
        member.module == CONTRACTS
        and each.member is None
        and _is_third_party(each)
        and each.top not in PYDANTIC
    ):
        yield source.broken(each.line, "contracts-pydantic-only", f"contracts imports {each.top}")


def _between_rooms(service: Member, source: Source, each: Import) -> Iterator[Violation]:
    name = _room(
        service, source.path.relative_to(service.package).with_suffix("").as_posix().replace("/", ".")
    )
    room = ROOMS.get(name)
    if room is None:
        return
    if each.member == service.module:
        target = _room(service, each.module.removeprefix(f"{service.module}."))
        if target not in room.rooms | {name}:
            permitted = ", ".join(sorted(room.rooms)) or "itself"
            yield source.broken(
                each.line, "rooms-imports", f"{name} imports {target}; it may import {permitted}"
            )
    elif each.member is not None:
        if each.member in OF_SERVICES - room.members:
            yield source.broken(each.line, "rooms-imports", f"{name} imports {each.member}")
    elif _is_third_party(each) and not room.third_parties and each.top not in PYDANTIC:
        yield source.broken(
            each.line, "rooms-imports", f"{name} imports {each.top}: third parties belong to adapters"
        )


def _room(service: Member, dotted: str) -> str:
    return dotted.removeprefix(f"{service.module}.").partition(".")[0]


def _is_third_party(each: Import) -> bool:
    return each.member is None and each.top != "autocrea" and each.top not in sys.stdlib_module_names
