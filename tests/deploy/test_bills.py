"""An image's bill of materials is CycloneDX by its own schema, names all that is in it, and follows from it alone."""

import json
import sysconfig
from importlib.resources import files
from pathlib import Path

import bill_of_materials as bills
import page_packages
import pytest
from cyclonedx.spdx import is_expression
from jsonschema import Draft7Validator
from referencing import Registry
from referencing.jsonschema import DRAFT7
from seal import forget_when

COMMITTED = 1_795_000_000
INSTALLED = Path(sysconfig.get_path("purelib"))
STATUS = """Package: libc6
Status: install ok installed
Architecture: amd64
Version: 2:2.41-12+deb13u5

Package: gone
Status: deinstall ok config-files
Architecture: all
Version: 1

Package: python3-minimal
Status: install ok installed
Architecture: amd64
Version: 3.13.5-1

Package: mute
Status: install ok installed
Architecture: all
Version: 1
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A Debian of three packages: one whose licences a program can read, one in prose, one that says nothing."""
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc/os-release").write_text('NAME="Debian"\nID=debian\nVERSION_ID="13"\n')
    (tmp_path / "var/lib/dpkg").mkdir(parents=True)
    (tmp_path / "var/lib/dpkg/status").write_text(STATUS)
    for name, text in (
        (
            "libc6",
            "Format: https://example.com/1.0/\n\nFiles: *\nLicense: LGPL-2.1+\n\nLicense: GPL-2\n text\n",
        ),
        ("python3-minimal", "This is Python. GPL is in /usr/share/common-licenses/GPL.\n"),
    ):
        (tmp_path / "usr/share/doc" / name).mkdir(parents=True)
        (tmp_path / "usr/share/doc" / name / "copyright").write_text(text)
    return tmp_path


def packages(folder: Path) -> Path:
    for name, told in (
        ("One_Thing", "License-Expression: MIT"),
        ("other", "Classifier: License :: OSI Approved :: BSD License"),
    ):
        info = folder / "site-packages" / f"{name}-1.0+local.dist-info"
        info.mkdir(parents=True)
        (info / "METADATA").write_text(f"Metadata-Version: 2.4\nName: {name}\nVersion: 1.0+local\n{told}\n")
    return folder / "site-packages"


def bill_of(root: Path, site: Path) -> str:
    found = [bills.interpreter(), *bills.python_packages(site), *bills.debian_packages(root)]
    found += bills.npm_packages()
    return json.dumps(bills.bill("gateway", "0.1.0", "c0ffee", COMMITTED, found))


def schema(name: str) -> dict[str, object]:
    text = (files("cyclonedx.schema") / "_res" / f"{name}.SNAPSHOT.schema.json").read_text("utf-8")
    told: dict[str, object] = json.loads(text)
    return told


@pytest.fixture(scope="module")
def standard() -> Draft7Validator:
    """CycloneDX 1.6 with SPDX's list of licences, as they are published."""
    beside = [
        (f"http://cyclonedx.org/schema/{name}.SNAPSHOT.schema.json", DRAFT7.create_resource(schema(name)))
        for name in ("spdx", "jsf-0.82")
    ]
    return Draft7Validator(schema("bom-1.6"), registry=Registry().with_resources(beside))


def test_a_bill_is_what_the_standard_asks_for_when_an_image_is_built(
    root: Path, standard: Draft7Validator
) -> None:
    told = bill_of(root, packages(root))
    assert [one.message for one in standard.iter_errors(json.loads(told))] == []
    invented = told.replace('"license": {"name": "LGPL-2.1+"}', '"license": {"id": "of-our-own"}')
    assert not standard.is_valid(json.loads(invented)), "the standard does not bite"


def test_expressions_are_spdxs_when_the_product_is_released() -> None:
    here = [one for one in bills.python_packages(INSTALLED) if one.expression]
    assert len(here) > 30
    for one in [bills.interpreter(), *here, *bills.npm_packages()]:
        assert all(map(is_expression, one.licences)), one


def test_a_bill_names_everything_when_an_image_is_built(root: Path) -> None:
    told = json.loads(bill_of(root, packages(root)))
    named = {one["purl"]: one["licenses"] for one in told["components"]}
    assert named["pkg:deb/debian/libc6@2:2.41-12%2Bdeb13u5?arch=amd64&distro=debian-13"] == [
        {"license": {"name": "GPL-2"}},
        {"license": {"name": "LGPL-2.1+"}},
    ]
    assert named["pkg:deb/debian/python3-minimal@3.13.5-1?arch=amd64&distro=debian-13"] == [
        {"license": {"name": "Python-2.0"}}
    ]
    assert named["pkg:deb/debian/mute@1?arch=all&distro=debian-13"] == [
        {"license": {"name": "see /usr/share/doc/mute/copyright"}}
    ]
    assert named["pkg:pypi/one-thing@1.0%2Blocal"] == [{"expression": "MIT"}]
    assert named["pkg:pypi/other@1.0%2Blocal"] == [{"license": {"name": "BSD License"}}]
    assert not any("gone" in purl for purl in named)
    page = {f"{name}@{version}" for name, version, _ in page_packages.shipped()}
    assert page == {purl.removeprefix("pkg:npm/").replace("%40", "@") for purl in named if "pkg:npm/" in purl}
    assert all(licences for licences in named.values())
    assert {one["ref"] for one in told["dependencies"]} == {"autocrea/gateway", *named}


def test_a_bill_follows_from_its_image_when_it_is_written_again(root: Path) -> None:
    site = packages(root)
    first = bill_of(root, site)
    assert bill_of(root, site) == first
    (root / "var/lib/dpkg/status").write_text(STATUS.replace("Version: 1\n", "Version: 2\n"))
    changed = json.loads(bill_of(root, site))
    assert changed["serialNumber"] != json.loads(first)["serialNumber"]
    assert changed["metadata"] == json.loads(first)["metadata"]


def test_an_installed_package_forgets_when_it_was_installed_when_it_is_sealed(tmp_path: Path) -> None:
    info = tmp_path / "autocrea_cli-0.1.0.dist-info"
    info.mkdir()
    (info / "uv_cache.json").write_text('{"timestamp":{"secs_since_epoch":1795687234}}')
    (info / "RECORD").write_text(
        f"{info.name}/uv_cache.json,sha256=x,9\nautocrea/cli/main.py,sha256=y,7\n{info.name}/RECORD,,\n"
    )
    forget_when(tmp_path)
    assert [path.name for path in info.iterdir()] == ["RECORD"]
    assert (info / "RECORD").read_text() == f"autocrea/cli/main.py,sha256=y,7\n{info.name}/RECORD,,\n"
