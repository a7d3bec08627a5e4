"""The contract of an application that manages records."""

from collections.abc import Mapping, Sequence

from autocrea.simulators.writer.order import Json
from autocrea.simulators.writer.records.code import BSON_TYPES, SQL_TYPES, Database
from autocrea.simulators.writer.records.domain import Domain, Entity, Value

Words = Mapping[str, str]

DEPENDENCIES = {
    "sqlite": [("fastapi", ">=0.115"), ("pydantic", ">=2.9"), ("uvicorn", ">=0.30")],
    "mongodb": [("fastapi", ">=0.115"), ("pydantic", ">=2.9"), ("pymongo", ">=4.8"), ("uvicorn", ">=0.30")],
}


def contract(
    domain: Domain, database: Database, words: Words, summary: str, deviations: Sequence[str]
) -> Json:
    """Everything of the contract but its files."""
    store = words["stack_database"] if database == "sqlite" else words["stack_mongodb"]
    ports = [{"service": "app", "port": 8000}]
    return {
        "summary": summary,
        "stack": [words["stack_backend"], store, words["stack_frontend"], words["stack_docker"]],
        "routes": routes(domain.entities, database, words),
        "env": _env(database, words),
        "dependencies": [
            {"name": name, "ecosystem": "python", "version": version}
            for name, version in DEPENDENCIES[database]
        ],
        "data_model": [_entity(entity, database) for entity in domain.entities],
        "ports": ports if database == "sqlite" else [*ports, {"service": "mongodb", "port": 27017}],
        "deviations": list(deviations),
    }


def routes(entities: Sequence[Entity], database: Database, words: Words) -> list[Json]:
    """Health, then each entity; deletions last, dependants first, so that the examples can be called in this order."""
    health = {"status": "ok"} if database == "sqlite" else {"status": "ok", "store": "memory"}
    first = [_route("GET", "/api/health", words["health_summary"], None, health)]
    kept = [route for entity in entities for route in _routes(entity, database, words)]
    deletions = [_deletion(entity, database, words) for entity in reversed(entities)]
    return first + kept + deletions


def record_id(number: int, database: Database) -> int | str:
    """The id of the n-th sample row."""
    return number if database == "sqlite" else f"{number:024x}"


def row_values(entity: Entity, row: Mapping[str, Value], database: Database) -> Json:
    """A sample row as JSON; links carry ids."""
    values: Json = {}
    for field in entity.fields:
        value = row[field.name]
        values[field.name] = record_id(int(value), database) if field.type == "link" else value
    return values


def _routes(entity: Entity, database: Database, words: Words) -> list[Json]:
    path, label = f"/api/{entity.plural}", entity.label.lower()
    values = [row_values(entity, row, database) for row in entity.rows]
    stored = [{"id": record_id(number, database)} | one for number, one in enumerate(values, 1)]
    one = f"{path}/{{{entity.name}_id}}"
    new = {"id": record_id(len(values) + 1, database)} | values[-1]
    return [
        _route("GET", path, f"{words['route_list']} {label}.", None, {entity.plural: stored[::-1]}),
        _route("POST", path, f"{words['route_create']} {label}.", values[-1], new, 201),
        _route("GET", one, f"{words['route_read']} {label}.", None, stored[0]),
        _route("PUT", one, f"{words['route_update']} {label}.", values[0], stored[0]),
    ]


def _deletion(entity: Entity, database: Database, words: Words) -> Json:
    path = f"/api/{entity.plural}/{{{entity.name}_id}}"
    answer = {"id": record_id(1, database), "deleted": True}
    return _route("DELETE", path, f"{words['route_delete']} {entity.label.lower()}.", None, answer)


def _route(
    method: str, path: str, summary: str, request: object, response: object, status: int = 200
) -> Json:
    examples = {"request_example": request, "response_example": response}
    return {"method": method, "path": path, "summary": summary} | examples | {"status": status}


def _env(database: Database, words: Words) -> list[Json]:
    port = ("PORT", "env_port", "8000")
    wanted = {
        "sqlite": [("DATABASE_PATH", "env_database_path", "/data/app.db"), port],
        "mongodb": [
            ("MONGODB_URL", "env_mongodb_url", "mongodb://mongodb:27017"),
            ("MONGODB_DATABASE", "env_mongodb_database", "app"),
            port,
        ],
    }
    return [
        {"name": name, "purpose": words[purpose], "example": example, "secret": False}
        for name, purpose, example in wanted[database]
    ]


def _entity(entity: Entity, database: Database) -> Json:
    id_type, types = ("INTEGER", SQL_TYPES) if database == "sqlite" else ("string", BSON_TYPES)
    fields: list[Json] = [{"name": "id", "type": id_type, "required": True}]
    fields += [{"name": one.name, "type": types[one.type], "required": one.required} for one in entity.fields]
    return {"entity": entity.name, "fields": fields}
