"""What an image consists of, as CycloneDX 1.6: run while it is built, with nothing but Python's own library.

Everything in it follows from the image: no clock, no random number, so that the same image has the same bill.
"""

import argparse
import json
import platform
import re
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import distributions
from pathlib import Path
from typing import Any
from urllib.parse import quote

import page_packages
from licences import licence_of

NAMESPACE = uuid.uuid5(uuid.NAMESPACE_DNS, "sbom.autocrea.dev")
DEBIANS_OWN_WORDS = (
    (re.compile(r"(lib)?python3"), "Python-2.0"),
    (re.compile(r"gcc-\d+-base|libgcc|libstdc"), "GPL-3+ with GCC-Runtime-Library exception"),
    (re.compile(r"libcrypt1"), "LGPL-2.1+"),
    (re.compile(r"debian-archive-keyring"), "GPL-2+"),
)
"""Whose file is prose, which no program reads; read by a person in `/usr/share/doc/<package>/copyright`."""


@dataclass(frozen=True)
class Component:
    """A package; its licence is an expression of SPDX's, or the names that its owner gives them."""

    name: str
    version: str
    purl: str
    licences: tuple[str, ...]
    expression: bool = False
    kind: str = "library"

    def told(self) -> dict[str, Any]:
        if self.expression:
            licences: list[dict[str, Any]] = [{"expression": one} for one in self.licences]
        else:
            licences = [{"license": {"name": one}} for one in self.licences]
        return {
            "type": self.kind,
            "bom-ref": self.purl,
            "name": self.name,
            "version": self.version,
            "licenses": licences,
            "purl": self.purl,
        }


def bill(image: str, version: str, revision: str, created: int, found: Iterable[Component]) -> dict[str, Any]:
    """The document, its components in the order of their addresses."""
    components = [one.told() for one in sorted(found, key=lambda one: one.purl)]
    container = {
        "type": "container",
        "bom-ref": f"autocrea/{image}",
        "name": f"autocrea/{image}",
        "version": version,
        "licenses": [{"expression": "Apache-2.0"}],
        "properties": [{"name": "autocrea:revision", "value": revision}],
    }
    contents = json.dumps([container, components], sort_keys=True)
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid5(NAMESPACE, contents)}",
        "version": 1,
        "metadata": {
            "timestamp": datetime.fromtimestamp(created, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "component": container,
        },
        "components": components,
        "dependencies": [
            {"ref": container["bom-ref"], "dependsOn": [one["bom-ref"] for one in components]},
            *({"ref": one["bom-ref"]} for one in components),
        ],
    }


def interpreter() -> Component:
    """Python itself, which is a package of Debian's on some bases and on others is not."""
    number = platform.python_version()
    return Component("python", number, f"pkg:generic/python@{number}", ("PSF-2.0",), True, "platform")


def python_packages(folder: Path) -> Iterator[Component]:
    for found in distributions(path=[str(folder)]):
        name, version = re.sub(r"[-_.]+", "-", found.name).lower(), found.version
        licence, expression = licence_of(found.metadata)
        yield Component(name, version, f"pkg:pypi/{name}@{quote(version)}", (licence,), expression)


def npm_packages() -> Iterator[Component]:
    for name, version, licence in page_packages.shipped():
        yield Component(name, version, f"pkg:npm/{quote(name)}@{quote(version)}", (licence,), True)


def debian_packages(root: Path) -> Iterator[Component]:
    """What dpkg knows as installed below the root. A base without dpkg has a bill with a hole, so it is an error."""
    named = (root / "etc" / "os-release").read_text()
    (system,) = re.findall(r"^ID=\"?([^\"\n]+)", named, re.MULTILINE)
    (release,) = re.findall(r"^VERSION_ID=\"?([^\"\n]+)", named, re.MULTILINE)
    for stanza in (root / "var/lib/dpkg/status").read_text().split("\n\n"):
        fields = dict(re.findall(r"^([A-Za-z-]+): (.*)$", stanza, re.MULTILINE))
        if fields.get("Status", "").split()[-1:] != ["installed"]:
            continue
        name, version = fields["Package"], fields["Version"]
        where = f"arch={fields['Architecture']}&distro={system}-{release}"
        purl = f"pkg:deb/{system}/{quote(name)}@{quote(version, safe=':')}?{where}"
        yield Component(name, version, purl, debian_licences(root, name))


def debian_licences(root: Path, package: str) -> tuple[str, ...]:
    """By Debian's own short names, from the file that says whose the package is."""
    path = root / "usr/share/doc" / package / "copyright"
    text = path.read_text(errors="replace") if path.exists() else ""
    if text.lower().startswith("format:"):
        names = re.findall(r"^License:[ \t]*(\S.*?)[ \t]*$", text, re.MULTILINE | re.IGNORECASE)
    else:
        names = [licence for names, licence in DEBIANS_OWN_WORDS if names.match(package)]
    return tuple(sorted(set(names))) or (f"see /usr/share/doc/{package}/copyright",)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("image", "version", "revision"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--created", required=True, type=datetime.fromisoformat)
    parser.add_argument("--packages", required=True, type=Path)
    said = parser.parse_args()
    found = [interpreter(), *python_packages(said.packages), *debian_packages(Path("/"))]
    found += npm_packages() if page_packages.LOCK.exists() else ()  # in the image that carries the pages
    told = bill(said.image, said.version, said.revision, int(said.created.timestamp()), found)
    print(json.dumps(told, indent=1))


if __name__ == "__main__":
    main()
