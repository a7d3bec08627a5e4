"""What an API server would refuse of operators' objects: their CustomResourceDefinitions, read as it reads them.

A folder of them is what a platform team has: `kubectl get crd -o yaml`, or what an operator's release installs. Their
rules in CEL and the operators' webhooks are not run.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jsonschema
import jsonschema.validators
import yaml

Object = dict[str, Any]
JUNCTORS = ("allOf", "anyOf", "oneOf")
OF_EVERY_OBJECT = {
    "apiVersion": {"type": "string"},
    "kind": {"type": "string"},
    "metadata": {"type": "object"},
}


@dataclass(frozen=True)
class Definition:
    """One version of one kind."""

    schema: Object
    served: bool
    deprecated: bool

    def faults(self, one: Object) -> Iterator[str]:
        if not self.served:
            yield f"{one['apiVersion']} is not served any more"
        if self.deprecated:
            yield f"{one['apiVersion']} is deprecated"
        for error in Validator(_closed(self.schema, whole=True)).iter_errors(one):
            yield f"{'/'.join(map(str, error.absolute_path))}: {error.message}"


def definitions(folder: Path) -> dict[tuple[str, str], Definition]:
    """By apiVersion and kind, of every file below the folder."""
    found = {}
    for path in sorted((*folder.rglob("*.yaml"), *folder.rglob("*.yml"))):
        for document in yaml.load_all(path.read_text("utf-8"), Loader=yaml.CSafeLoader):
            for one in (document or {}).get("items", [document]):
                if not one or one.get("kind") != "CustomResourceDefinition":
                    continue
                group, kind = one["spec"]["group"], one["spec"]["names"]["kind"]
                for version in one["spec"]["versions"]:
                    found[f"{group}/{version['name']}", kind] = Definition(
                        version["schema"]["openAPIV3Schema"],
                        version["served"],
                        version.get("deprecated", False),
                    )
    return found


def _closed(node: Object, *, whole: bool = False) -> Object:
    """As JSON Schema: a field that the definition does not know is an error, what has a default may be missing."""
    made = {key: value for key, value in node.items() if key not in ("properties", "items", *JUNCTORS)}
    properties = {name: _closed(one) for name, one in node.get("properties", {}).items()}
    if whole or node.get("x-kubernetes-embedded-resource"):
        properties = {**properties, **OF_EVERY_OBJECT}
    if properties:
        made["properties"] = properties
    if isinstance(node.get("additionalProperties"), dict):
        made["additionalProperties"] = _closed(node["additionalProperties"])
    elif properties and node.get("type") == "object" and "additionalProperties" not in node:
        made["additionalProperties"] = bool(node.get("x-kubernetes-preserve-unknown-fields"))
    if "items" in node:
        made["items"] = _closed(node["items"])
    # Branches say more of the fields that stand beside them, so they close nothing.
    made |= {junctor: node[junctor] for junctor in JUNCTORS if junctor in node}
    if node.get("x-kubernetes-int-or-string"):
        made["type"] = ["integer", "string"]
    if node.get("nullable"):
        made = {"anyOf": [{"type": "null"}, made]}
    required = [name for name in node.get("required", []) if "default" not in properties.get(name, {})]
    made.pop("required", None)
    return {**made, "required": required} if required else made


def _keys_once(_: Any, keys: list[str], items: Any, schema: Object) -> Iterator[jsonschema.ValidationError]:
    """Elements of a list that is a map to the server have keys of their own."""
    fields = schema["items"].get("properties", {})
    seen: set[tuple[str, ...]] = set()
    for one in items if isinstance(items, list) else []:
        key = tuple(str(one.get(name, fields.get(name, {}).get("default"))) for name in keys)
        if key in seen:
            yield jsonschema.ValidationError(f"{dict(zip(keys, key, strict=True))} stands there twice")
        seen.add(key)


def _values_once(_: Any, kind: str, items: Any, __: Object) -> Iterator[jsonschema.ValidationError]:
    if kind == "set" and isinstance(items, list) and len(items) != len({str(one) for one in items}):
        yield jsonschema.ValidationError(f"{items} has something twice")


Validator = jsonschema.validators.extend(
    jsonschema.Draft4Validator,  # the one whose minimum and maximum are exclusive by a flag, as in OpenAPI 3.0
    {"x-kubernetes-list-map-keys": _keys_once, "x-kubernetes-list-type": _values_once},
)
