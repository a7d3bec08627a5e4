"""Domains: which entities an application manages, with fields and sample rows, in one language."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from autocrea.simulators.writer.brief import Language
from autocrea.simulators.writer.templates import names, text

FieldType = Literal["text", "long", "whole", "money", "date", "flag", "choice", "link"]
Value = str | int | float | bool

FOLDER = "records/domains"
DERIVED = "records/derived.toml"


@dataclass(frozen=True, slots=True)
class Field:
    """A field; `options` are the values and labels of a choice, `link` the entity that a link points to."""

    name: str
    type: FieldType
    label: str
    required: bool
    options: tuple[tuple[str, str], ...]
    link: str


@dataclass(frozen=True, slots=True)
class Entity:
    """An entity; one without keywords belongs to every application of its domain."""

    name: str
    plural: str
    label: str
    keywords: tuple[str, ...]
    fields: tuple[Field, ...]
    rows: tuple[Mapping[str, Value], ...]

    @property
    def class_name(self) -> str:
        """The name of its model."""
        return "".join(part.capitalize() for part in self.name.split("_"))


@dataclass(frozen=True, slots=True)
class Domain:
    """A field of business with the words by which a request names it."""

    keywords: tuple[str, ...]
    title: str
    entities: tuple[Entity, ...]


@cache
def domains(language: Language) -> Sequence[Domain]:
    """Every domain, in the order of their files' names."""
    return [_read(f"{FOLDER}/{name}", language) for name in names(FOLDER)]


@cache
def derived(language: Language) -> Domain:
    """The domain for requests that name none."""
    return _read(DERIVED, language)


def _read(path: str, language: Language) -> Domain:
    raw = tomllib.loads(text(path))
    entities = tuple(_entity(one, language) for one in raw["entities"])
    return Domain(tuple(raw["keywords"]), raw["title"][language], entities)


def _entity(raw: Mapping[str, Any], language: Language) -> Entity:
    return Entity(
        name=raw["name"],
        plural=raw["plural"],
        label=raw["label"][language],
        keywords=tuple(raw.get("keywords", ())),
        fields=tuple(_field(one, language) for one in raw["fields"]),
        rows=tuple({name: _in(value, language) for name, value in row.items()} for row in raw["rows"]),
    )


def _field(raw: Mapping[str, Any], language: Language) -> Field:
    return Field(
        name=raw["name"],
        type=raw["type"],
        label=raw["label"][language],
        required=raw.get("required", True),
        options=tuple((one["value"], one[language]) for one in raw.get("options", ())),
        link=raw.get("link", ""),
    )


def _in(value: Any, language: Language) -> Value:
    found: Value = value[language] if isinstance(value, dict) else value
    return found
