"""Where a program to open ZIPs with cannot be had, the reason is a sentence that says what would help."""

import zipfile
from pathlib import Path

import pytest
from autocrea.cli.parts import debian
from autocrea.cli.trouble import Trouble
from autocrea.testkit.unpackers import KINDS, NotHere, find_unpacker


@pytest.fixture(autouse=True)
def nothing_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("AUTOCREA_STATE", str(tmp_path / "state"))
    monkeypatch.delenv("AUTOCREA_CACHE", raising=False)


@pytest.mark.parametrize("name", KINDS)
async def test_apt_is_missed_when_the_system_is_another(name: str) -> None:
    with pytest.raises(NotHere, match="no apt"):
        await find_unpacker(name)


async def test_the_failed_download_is_told_when_there_is_no_network(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def have(*_: object, **__: object) -> None:
        raise Trouble("apt_failed", command="apt-get update")

    monkeypatch.setattr(debian, "available", lambda: True)
    monkeypatch.setattr(debian, "have", have)
    with pytest.raises(NotHere, match=r"bsdtar .*apt_failed.* --no-install-recommends libarchive-tools"):
        await find_unpacker("bsdtar")


async def test_the_installed_program_is_taken_when_there_is_one(tmp_path: Path) -> None:
    program = tmp_path / "bin" / "unzip"
    program.parent.mkdir()
    program.write_text('#!/bin/sh\nexec /bin/cp "$2" "$4/opened"')
    program.chmod(0o755)
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("a.txt", "1")
    (await find_unpacker("Info-ZIP")).extract(tmp_path / "a.zip", tmp_path / "bin")
    assert (tmp_path / "bin" / "opened").read_bytes() == (tmp_path / "a.zip").read_bytes()
