"""The code that follows from an entity: models, SQL, descriptions for the page."""

import json
from collections.abc import Iterable, Sequence
from typing import Literal

from autocrea.simulators.writer.order import Json
from autocrea.simulators.writer.records.domain import Entity, Field, FieldType, Value

Database = Literal["sqlite", "mongodb"]

SQL_TYPES: dict[FieldType, str] = {
    "text": "TEXT",
    "long": "TEXT",
    "whole": "INTEGER",
    "money": "REAL",
    "date": "TEXT",
    "flag": "INTEGER",
    "choice": "TEXT",
    "link": "INTEGER",
}
BSON_TYPES: dict[FieldType, str] = {
    "text": "string",
    "long": "string",
    "whole": "int",
    "money": "double",
    "date": "string",
    "flag": "bool",
    "choice": "string",
    "link": "string",
}
LENGTHS = {"text": 200, "long": 5000}


def model_field(field: Field, database: Database) -> str:
    """The field's line in its pydantic model."""
    match field.type:
        case "text" | "long":
            limit = LENGTHS[field.type]
            first = "min_length=1" if field.required else 'default=""'
            return f"{field.name}: str = Field({first}, max_length={limit})"
        case "whole":
            return f"{field.name}: int = Field(ge=0, le=1_000_000_000)"
        case "money":
            return f"{field.name}: float = Field(ge=0, le=1e9, allow_inf_nan=False)"
        case "date":
            return f"{field.name}: date" if field.required else f"{field.name}: date | None = None"
        case "flag":
            return f"{field.name}: bool = False"
        case "choice":
            values = ", ".join(f'"{value}"' for value, _ in field.options)
            return f"{field.name}: Literal[{values}]"
        case "link" if database == "mongodb":
            return f'{field.name}: str = Field(pattern=r"^[0-9a-f]{{24}}$")'
        case "link":
            return f"{field.name}: int = Field(ge=1)"


def model_imports(entities: Iterable[Entity]) -> str:
    """What the models need from elsewhere."""
    types = {field.type for entity in entities for field in entity.fields}
    lines = ["from datetime import date"] if "date" in types else []
    lines += ["from typing import Literal"] if "choice" in types else []
    return "\n".join([*lines, *([""] if lines else []), "from pydantic import BaseModel, Field"])


def table(entity: Entity, entities: Sequence[Entity]) -> str:
    """The entity's CREATE TABLE."""
    columns = ["id INTEGER PRIMARY KEY AUTOINCREMENT", *(_column(field, entities) for field in entity.fields)]
    return f"CREATE TABLE {entity.plural} (\n    " + ",\n    ".join(columns) + "\n);"


def _column(field: Field, entities: Sequence[Entity]) -> str:
    column = f"{field.name} {SQL_TYPES[field.type]}"
    if field.required or field.type != "date":
        column += " NOT NULL"
    if field.type == "choice":
        column += f" CHECK ({field.name} IN ({', '.join(_sql(value) for value, _ in field.options)}))"
    if field.type == "link":
        column += f" REFERENCES {linked(field, entities).plural} (id) ON DELETE CASCADE"
    return column


def seed(entity: Entity) -> str:
    """The INSERT of the entity's sample rows."""
    names = [field.name for field in entity.fields]
    rows = ["(" + ", ".join(_sql(row[name]) for name in names) + ")" for row in entity.rows]
    return f"INSERT INTO {entity.plural} ({', '.join(names)})\nVALUES\n    " + ",\n    ".join(rows) + ";"


def _sql(value: Value) -> str:
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    return str(int(value)) if isinstance(value, bool) else str(value)


def linked(field: Field, entities: Sequence[Entity]) -> Entity:
    """The entity that a link points to."""
    return next(entity for entity in entities if entity.name == field.link)


def described(entities: Sequence[Entity], database: Database) -> str:
    """The entities as the page's JavaScript describes them."""
    rows = [
        {
            "plural": entity.plural,
            "label": entity.label,
            "fields": [_described_field(field, entities, database) for field in entity.fields],
        }
        for entity in entities
    ]
    return json.dumps(rows, ensure_ascii=False, indent=2)


def _described_field(field: Field, entities: Sequence[Entity], database: Database) -> Json:
    shown: Json = {"name": field.name, "label": field.label, "type": field.type, "required": field.required}
    if field.type == "choice":
        shown["options"] = [{"value": value, "label": label} for value, label in field.options]
    if field.type == "link":
        shown |= {"link": linked(field, entities).plural, "link_is_number": database == "sqlite"}
    return shown
