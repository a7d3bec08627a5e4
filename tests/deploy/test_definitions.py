"""What an API server would refuse is refused: a definition as an operator's release has it, and objects against it."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from definitions import definitions

DEFINITION = """
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: kettles.example.com}
spec:
  group: example.com
  names: {kind: Kettle, plural: kettles}
  versions:
    - name: v1
      served: true
      storage: true
      schema:
        openAPIV3Schema:
          type: object
          required: [spec]
          properties:
            apiVersion: {type: string}
            kind: {type: string}
            metadata: {type: object}
            spec:
              type: object
              required: [size, colour]
              properties:
                size: {x-kubernetes-int-or-string: true, anyOf: [{type: integer}, {type: string}]}
                colour: {type: string, default: white, enum: [white, red]}
                owner: {type: string, nullable: true}
                limits:
                  type: object
                  additionalProperties: {type: string}
                anything: {type: object, x-kubernetes-preserve-unknown-fields: true, properties: {a: {type: string}}}
                ports:
                  type: array
                  x-kubernetes-list-type: map
                  x-kubernetes-list-map-keys: [port, protocol]
                  items:
                    type: object
                    properties:
                      port: {type: integer, minimum: 0, exclusiveMinimum: true}
                      protocol: {type: string, default: TCP}
                tags: {type: array, x-kubernetes-list-type: set, items: {type: string}}
    - name: v1beta1
      served: false
      storage: false
      deprecated: true
      schema: {openAPIV3Schema: {type: object}}
"""
GOOD: dict[str, Any] = {
    "size": "2l",
    "owner": None,
    "limits": {"cpu": "1"},
    "anything": {"b": 1},
    "ports": [{"port": 80}, {"port": 80, "protocol": "UDP"}],
    "tags": ["a", "b"],
}


def kettle(version: str = "v1", **changes: Any) -> dict[str, Any]:
    return {
        "apiVersion": f"example.com/{version}",
        "kind": "Kettle",
        "metadata": {"name": "one", "namespace": "kitchen"},
        "spec": GOOD | changes,
    }


@pytest.mark.parametrize("as_a_list", [False, True], ids=["a file each", "as kubectl writes them"])
def test_a_good_object_passes_when_its_definition_is_read(tmp_path: Path, as_a_list: bool) -> None:
    one = yaml.safe_load(DEFINITION)
    written = {"apiVersion": "v1", "kind": "List", "items": [one]} if as_a_list else one
    (tmp_path / "kettles.yaml").write_text(yaml.safe_dump(written))
    known = definitions(tmp_path)
    assert known.keys() == {("example.com/v1", "Kettle"), ("example.com/v1beta1", "Kettle")}
    assert list(known["example.com/v1", "Kettle"].faults(kettle())) == []


@pytest.mark.parametrize(
    ("one", "words"),
    [
        (kettle(colur="red"), "'colur' was unexpected"),
        (kettle(size=1.5), "spec/size"),
        (kettle(colour="blue"), "'blue' is not one of"),
        (kettle(colour=None), "spec/colour"),
        (kettle(limits={"cpu": 1}), "spec/limits/cpu"),
        (kettle(ports=[{"port": 0}]), "spec/ports/0/port"),
        (kettle(ports=[{"port": 80}, {"port": 80, "protocol": "TCP"}]), "stands there twice"),
        (kettle(tags=["a", "a"]), "has something twice"),
        ({**kettle(), "spec": {}}, "'size' is a required property"),
        ({**kettle(), "data": {}}, "'data' was unexpected"),
        (kettle("v1beta1"), "is not served any more"),
        (kettle("v1beta1"), "is deprecated"),
    ],
)
def test_a_fault_is_named_when_a_server_would_refuse_it(
    tmp_path: Path, one: dict[str, Any], words: str
) -> None:
    (tmp_path / "kettles.yaml").write_text(DEFINITION)
    definition = definitions(tmp_path)[one["apiVersion"], "Kettle"]
    assert any(words in fault for fault in definition.faults(one)), list(definition.faults(one))
