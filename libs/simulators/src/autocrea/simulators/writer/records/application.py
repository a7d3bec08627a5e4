"""The application itself: contract, files and audit, put together from templates and the entities' code."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from autocrea.simulators.writer.assemble import (
    base_values,
    contract_blocks,
    located,
    parsed,
    promised_files,
    render_all,
    shows_pages,
    wanted,
)
from autocrea.simulators.writer.fixed import WITHOUT_PAGES
from autocrea.simulators.writer.order import Json, Order
from autocrea.simulators.writer.records.choose import choose
from autocrea.simulators.writer.records.code import (
    Database,
    described,
    model_field,
    model_imports,
    seed,
    table,
)
from autocrea.simulators.writer.records.contract import contract, record_id, row_values
from autocrea.simulators.writer.records.domain import Domain, Entity
from autocrea.simulators.writer.templates import Block, render, text, tree
from autocrea.simulators.writer.wishes import deviations
from autocrea.simulators.writer.words import purposes, words

ROUTE_PATH = "backend/routes/{}.py"


@dataclass(frozen=True, slots=True)
class RecordsApplication:
    """Records in SQLite, or in MongoDB with a stand-in in memory."""

    database: Database

    def contract(self, order: Order) -> Json:
        """The contract."""
        domain, values = choose(order), self._words(order)
        missing = deviations(order, but=(self.database,))
        if self.database == "mongodb":
            missing = [values["deviation_mongodb"], *missing]
        made = contract(domain, self.database, values, self._summary(order, domain), missing)
        if not shows_pages(order):
            made["stack"].remove(values["stack_frontend"])
        known = dict(purposes(order.language, *self._folders(order)))
        for entity in domain.entities:
            known[ROUTE_PATH.format(entity.plural)] = f"{values['purpose_routes']} {entity.label.lower()}."
        paths = [*self._tree(order), *self._route_paths(domain)]
        return made | {"files": promised_files(paths, known, order)}

    def files(self, order: Order) -> Mapping[str, str]:
        """Every file of the contract."""
        domain = choose(order)
        values = self._values(order, domain)
        files = render_all(self._tree(order), values)
        template = text(f"records/parts/route_{self.database}.py.tpl")
        for entity, path in zip(domain.entities, self._route_paths(domain), strict=True):
            files[path] = render(template, path, values | _entity_values(entity, self.database))
        return files

    def audit(self, order: Order) -> Json:
        """The report."""
        values = self._values(order, choose(order))
        report = parsed(text(f"records/audit_{self.database}.json.tpl"), "audit.json", values)
        return located(report, self.files(order))

    def _folders(self, order: Order) -> tuple[str, ...]:
        folders = ("shared", "records", f"records/{self.database}")
        return folders if shows_pages(order) else (*folders, WITHOUT_PAGES)

    def _tree(self, order: Order) -> Mapping[str, str]:
        store = ("database/files",) if self.database == "sqlite" else ()
        return wanted(tree("shared/files", *store, "records/files", f"records/{self.database}"), order)

    def _route_paths(self, domain: Domain) -> list[str]:
        return [ROUTE_PATH.format(entity.plural) for entity in domain.entities]

    def _words(self, order: Order) -> Mapping[str, str]:
        return words(order.language, *self._folders(order))

    def _summary(self, order: Order, domain: Domain) -> str:
        said = self._words(order)
        labels = [entity.label.lower() for entity in domain.entities]
        joined = ", ".join(labels[:-1]) + (" y " if order.language == "es" else " and ") if labels[1:] else ""
        return f"{order.project}: {said['summary_starts']} {joined}{labels[-1]}, {said['summary_ends']}"

    def _values(self, order: Order, domain: Domain) -> dict[str, str]:
        values = base_values(order, self._words(order)) | contract_blocks(self.contract(order))
        values |= {"title": domain.title, "summary": self._summary(order, domain)}
        entities = domain.entities
        model, api = text("records/parts/model.py.tpl"), text("records/parts/api.js.tpl")
        each = [values | _entity_values(entity, self.database) for entity in entities]
        imports = sorted(
            f"from routes.{entity.plural} import router as {entity.plural}" for entity in entities
        )
        blocks = {
            "router_imports": "\n".join(imports),
            "router_names": ", ".join(entity.plural for entity in entities),
            "model_imports": model_imports(entities),
            "models": "\n\n".join(render(model, "models.py", one) for one in each).rstrip("\n"),
            "api_entities": "".join(render(api, "api.js", one) for one in each).rstrip("\n"),
            "entities_json": described(entities, self.database),
            "tables": "\n\n".join(table(entity, entities) for entity in entities),
            "seeds": "\n\n".join(seed(entity) for entity in entities),
            "seed_json": json.dumps(_seed_json(entities, self.database), ensure_ascii=False, indent=2),
        }
        return values | {name: Block(block) for name, block in blocks.items()}


def _seed_json(entities: tuple[Entity, ...], database: Database) -> Json:
    return {
        entity.plural: [
            {"id": record_id(number, database), "values": row_values(entity, row, database)}
            for number, row in enumerate(entity.rows, 1)
        ]
        for entity in entities
    }


def _entity_values(entity: Entity, database: Database) -> dict[str, str]:
    names = [field.name for field in entity.fields]
    fields = "\n".join(f"    {model_field(field, database)}" for field in entity.fields)
    return {
        "class": entity.class_name,
        "model_names": ", ".join(
            sorted(part.format(entity.class_name) for part in ("{}", "{}List", "Stored{}"))
        ),
        "name": entity.name,
        "plural": entity.plural,
        "id_type": "int" if database == "sqlite" else "str",
        "model_fields": Block(fields),
        "columns": ", ".join(names),
        "placeholders": ", ".join(f":{name}" for name in names),
        "assignments": ", ".join(f"{name} = :{name}" for name in names),
    }
