"""Where a root folder with another RabbitMQ cannot be made, the reason is a sentence that says what would help."""

import os
import shutil
from pathlib import Path

import pytest
from autocrea.cli.parts import debian_root
from autocrea.cli.parts.debian_root import NotHere, make_root

SCRIPT = "#!/bin/sh\n"


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only folder in which programs are found; `unshare` in it runs what it is given, as root would see it."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    write(folder / "unshare", 'shift; exec "$@"')
    (folder / "true").symlink_to("/bin/true")
    return folder


def write(path: Path, script: str) -> None:
    path.write_text(SCRIPT + script)
    path.chmod(0o755)


@pytest.mark.parametrize("made_by_root_before", [False, True])
def test_root_is_asked_for_when_somebody_else_tries(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, made_by_root_before: bool
) -> None:
    if made_by_root_before:
        (tmp_path / "root").mkdir()
        (tmp_path / "root" / ".whole").touch()
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(NotHere, match="only root"):
        make_root(tmp_path / "root", "sid")


def test_mounting_is_named_when_root_may_not_do_it(tmp_path: Path, programs: Path) -> None:
    write(programs / "unshare", "exit 1")
    with pytest.raises(NotHere, match="may not mount"):
        make_root(tmp_path / "root", "sid")


def test_the_command_is_told_when_debootstrap_cannot_be_had(tmp_path: Path, programs: Path) -> None:
    with pytest.raises(NotHere, match="--no-install-recommends debootstrap"):
        make_root(tmp_path / "root", "sid")


def test_the_failed_download_is_told_when_there_is_no_network(tmp_path: Path, programs: Path) -> None:
    write(programs / "apt-get", "exit 100")
    write(programs / "dpkg", "exit 2")
    with pytest.raises(NotHere, match=r"could not be fetched \(apt_failed"):
        make_root(tmp_path / "root", "sid")


def test_its_last_word_is_told_when_debootstrap_fails(tmp_path: Path, programs: Path) -> None:
    write(programs / "debootstrap", "echo 'I: Retrieving'; echo 'E: no such host' >&2; exit 1")
    with pytest.raises(NotHere, match="said last: E: no such host"):
        make_root(tmp_path / "root", "sid")
    assert not (tmp_path / "root" / ".whole").exists()


def test_a_half_made_folder_is_made_again_when_it_is_found(tmp_path: Path, programs: Path) -> None:
    root = tmp_path / "root"
    (root / "half").mkdir(parents=True)
    for name in ("mkdir", "touch"):
        (programs / name).symlink_to(shutil.which(name, path="/usr/bin:/bin") or "")
    write(programs / "debootstrap", 'mkdir -p "$4/etc"; touch "$4/made"')
    make_root(root, "sid")
    assert sorted(path.name for path in root.iterdir()) == [".whole", "etc", "made"]
    assert "127.0.0.1 localhost" in (root / "etc" / "hosts").read_text()
    write(programs / "debootstrap", "exit 1")
    make_root(root, "sid")  # it is there


def test_the_caller_can_tell_a_reason_from_a_bug_when_it_cannot_be_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setenv("AUTOCREA_STATE", str(tmp_path))
    monkeypatch.setattr("sys.argv", ["debian_root"])
    with pytest.raises(SystemExit) as ended:
        debian_root.main()
    assert ended.value.code == debian_root.CANNOT
    assert "only root" in capsys.readouterr().out
