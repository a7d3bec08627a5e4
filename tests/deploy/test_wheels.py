"""What the wheels are without this workspace: the same bytes wherever they are built, whole, and at work alone."""

import re
import subprocess
import sys
import sysconfig
import zipfile
from email.parser import Parser
from io import BytesIO
from pathlib import Path

import pytest
import wheels
from commit import Commit
from deploy_rules.manifests import ROOT

PYDANTIC = ("pydantic", "pydantic_core", "annotated_types", "typing_extensions.py", "typing_inspection")
"""It, and what it needs."""
INSTALLED = Path(sysconfig.get_path("purelib"))
COMMAND = "from autocrea.cli.__main__ import main; main()"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("release")
    return wheels.build(Commit().export(folder / "source"), folder / "wheels", Commit().time)


@pytest.fixture(scope="module")
def site(built: dict[str, bytes], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All three, unpacked."""
    folder = tmp_path_factory.mktemp("site")
    for content in built.values():
        zipfile.ZipFile(BytesIO(content)).extractall(folder)
    return folder


def run(code: str, *argv: str, path: list[Path]) -> "subprocess.CompletedProcess[str]":
    """A Python that knows these folders and no other: `-S` leaves out the environment's links to our sources."""
    first = f"import sys; sys.path += {[str(one) for one in path]}; sys.argv[0] = 'autocrea'\n"
    return subprocess.run(
        [sys.executable, "-I", "-S", "-c", first + code, *argv], capture_output=True, text=True, check=False
    )


def test_the_bytes_are_the_same_when_a_wheel_is_built_elsewhere(
    built: dict[str, bytes], tmp_path: Path
) -> None:
    source = Commit().export(tmp_path / "deeper" / "source")
    ((name, content),) = wheels.build(
        source, tmp_path / "wheels", Commit().time, ["autocrea-contracts"]
    ).items()
    assert built[name] == content
    names = [one.filename for one in zipfile.ZipFile(BytesIO(content)).infolist() if not one.is_dir()]
    assert all(path.startswith(("autocrea/contracts/", "autocrea_contracts-")) for path in names)
    assert {"autocrea/contracts/py.typed", "autocrea/contracts/golden/billing.tokens_reserved.v1.json"} <= {
        *names
    }


def test_a_wheel_says_what_it_is_when_an_index_reads_it(built: dict[str, bytes]) -> None:
    assert len(built) == len(wheels.PACKAGES)
    for content in built.values():
        archive = zipfile.ZipFile(BytesIO(content))
        (place,) = [name for name in archive.namelist() if name.endswith(".dist-info/METADATA")]
        told = Parser().parsestr(archive.read(place).decode())
        assert told["License-Expression"] == "Apache-2.0"
        assert archive.read(place.replace("METADATA", "licenses/LICENSE")) == (ROOT / "LICENSE").read_bytes()
        assert told["Requires-Python"] == ">=3.11"
        assert told["Description-Content-Type"] == "text/markdown"
        assert told.get_payload()
        assert "Typing :: Typed" in told.get_all("Classifier", [])
        ours = [one for one in told.get_all("Requires-Dist", []) if one.startswith("autocrea-")]
        assert all(one.endswith(f"=={Commit().version}") for one in ours), "another version may not fit"


def test_the_readmes_subscriber_works_when_only_pydantic_is_there(site: Path, tmp_path: Path) -> None:
    for name in PYDANTIC:
        (tmp_path / name).symlink_to(INSTALLED / name)
    example = re.search(
        r"```python\n(.*?)```", (ROOT / "libs" / "contracts" / "README.md").read_text(), re.DOTALL
    )
    assert example is not None
    ended = run(example[1], path=[site, tmp_path])
    assert (ended.stdout, ended.stderr) == ("backend 11 ['backend/main.py']\n", "")


def test_the_command_answers_when_it_is_installed_from_its_wheels(site: Path) -> None:
    assert run(COMMAND, "--version", path=[site, INSTALLED]).stdout.strip() == f"autocrea {Commit().version}"
    told = run(COMMAND, "--help", path=[site, INSTALLED])
    assert told.returncode == 0, told.stderr
    assert all(name in told.stdout for name in ("topology", "dead", "reconcile", "doctor"))


def test_the_command_says_what_is_missing_when_it_is_to_start_services_from_its_wheels(
    site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AUTOCREA_STATE", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "400")
    ended = run(COMMAND, "--lang", "en", "up", path=[site, INSTALLED])
    assert ended.returncode == 1
    assert "is not installed here (" in ended.stderr
    assert "Traceback" not in ended.stderr
