"""A release is of what was committed, under a version that the changelog knows, with licences that were decided on."""

import io
import os
import subprocess
import tarfile
from collections.abc import Callable
from pathlib import Path

import built_page
import licences
import page_packages
import pin_images
import pytest
import release
from commit import Commit, NotReleasable
from deploy_rules.manifests import ROOT
from image_store import NotBuilt, Store

CHANGELOG = (
    "# Changelog\n\n## Unreleased\n\n## 0.2.0 (2026-11-26)\n\n- What is new.\n\n## 0.1.0\n\n- What was.\n"
)
Git = Callable[..., str]


@pytest.fixture
def git(tmp_path: Path) -> Git:
    """A checkout of version 0.2.0, committed, and git in it."""

    def run(*argv: str) -> str:
        given = ["-c", "user.name=Ada", "-c", "user.email=ada@example.com", "-c", "commit.gpgsign=false"]
        return subprocess.run(
            ["git", "-C", str(tmp_path), *given, *argv], stdout=subprocess.PIPE, text=True, check=True
        ).stdout

    (tmp_path / "pyproject.toml").write_text('[project]\nname = "whole"\nversion = "0.2.0"\n')
    (tmp_path / "cli").mkdir()
    (tmp_path / "cli" / "pyproject.toml").write_text('[project]\nname = "part"\nversion = "0.2.0"\n')
    (tmp_path / "CHANGELOG.md").write_text(CHANGELOG)
    run("init", "--quiet")
    run("add", "--all")
    run("commit", "--quiet", "--message", "all of it")
    return run


def test_a_release_is_begun_when_all_says_the_same_version(git: Git, tmp_path: Path) -> None:
    commit = Commit(tmp_path)
    commit.check()
    assert commit.notes() == "## 0.2.0 (2026-11-26)\n\n- What is new.\n"
    git("tag", "v0.2.0")
    commit.check()


def test_a_release_is_refused_when_files_are_not_as_committed(git: Git, tmp_path: Path) -> None:
    (tmp_path / "new.txt").write_text("x")
    with pytest.raises(NotReleasable, match=r"1 files are not as committed \(first: \?\? new\.txt\)"):
        Commit(tmp_path).check()
    assert Commit(tmp_path).revision.endswith("-dirty")
    assert git("status", "--porcelain") != ""


@pytest.mark.parametrize(
    ("path", "old", "new", "sentence"),
    [
        ("CHANGELOG.md", "## 0.2.0 ", "## 0.2.1 ", "no section of version 0.2.0"),
        ("cli/pyproject.toml", "0.2.0", "0.1.0", r"the version is 0\.2\.0, but \{'part': '0\.1\.0'\}"),
    ],
)
def test_a_release_is_refused_when_a_file_knows_another_version(
    git: Git, tmp_path: Path, path: str, old: str, new: str, sentence: str
) -> None:
    changed = tmp_path / path
    changed.write_text(changed.read_text().replace(old, new))
    git("commit", "--quiet", "--all", "--message", "another")
    with pytest.raises(NotReleasable, match=sentence):
        Commit(tmp_path).check()


def test_a_release_is_refused_when_the_tag_does_not_fit(git: Git, tmp_path: Path) -> None:
    git("tag", "v0.3.0")
    with pytest.raises(NotReleasable, match=r"tagged v0\.3\.0, but its version is 0\.2\.0"):
        Commit(tmp_path).check()
    git("tag", "--delete", "v0.3.0")
    git("tag", "v0.2.0")
    git("commit", "--quiet", "--allow-empty", "--message", "later")
    with pytest.raises(NotReleasable, match=r"v0\.2\.0 is tagged on another commit"):
        Commit(tmp_path).check()


def test_this_checkout_agrees_with_itself_when_it_is_asked_for_its_version() -> None:
    commit = Commit()
    assert set(commit.members().values()) == {commit.version}
    assert {"autocrea-contracts", "autocrea-billing", "autocrea-frontend"} <= commit.members().keys()
    assert commit.version in commit.notes()
    for member in ("libs/chassis", "cli"):
        assert f'"autocrea-contracts=={commit.version}"' in (ROOT / member / "pyproject.toml").read_text()


def test_the_page_is_the_same_bytes_when_its_files_are_of_another_time_and_owner(tmp_path: Path) -> None:
    tars = []
    for name, mode in (("here", 0o600), ("elsewhere", 0o664)):
        folder = tmp_path / name
        (folder / "assets").mkdir(parents=True)
        for path in sorted(("index.html", "assets/a.js", "assets/b.css"), reverse=name == "here"):
            (folder / path).write_text(path)
            (folder / path).chmod(mode)
        tars.append(built_page.packed(folder, 1_800_000_000))
    assert tars[0] == tars[1]
    with tarfile.open(fileobj=io.BytesIO(tars[0])) as archive:
        members = archive.getmembers()
    assert [one.name for one in members] == ["assets/a.js", "assets/b.css", "index.html"]
    assert {(one.mtime, one.uid, one.gid, one.mode, one.uname) for one in members} == {
        (1_800_000_000, 0, 0, 0o644, "")
    }


def test_a_release_has_sums_and_nothing_old_when_it_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(release, "TARGET", tmp_path)
    (tmp_path / "old.whl").write_text("")
    release.write({"b.md": b"b", "a.whl": b"a"})
    assert {path.name for path in tmp_path.iterdir()} == {"a.whl", "b.md", "SHA256SUMS"}
    subprocess.run(["sha256sum", "--check", "--quiet", "SHA256SUMS"], cwd=tmp_path, check=True)


def test_a_release_is_refused_before_it_is_built_when_its_folder_holds_what_no_release_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "dist"
    monkeypatch.setattr(release, "TARGET", target)
    release.check_target()
    target.mkdir()
    (target / "a.whl").write_text("")
    release.check_target()
    (target / "mine").mkdir()
    with pytest.raises(NotReleasable, match="dist holds folders, which no release made: move away mine"):
        release.check_target()
    monkeypatch.setattr(release, "TARGET", target / "a.whl")
    with pytest.raises(NotReleasable, match=r"a\.whl is a file"):
        release.check_target()


def test_every_licence_is_named_when_the_product_is_released() -> None:
    parts = [("Python", [*release.python_packages()]), ("page", [*page_packages.shipped()])]
    text = licences.report(parts, [("Debian", [("libc6", "2.41", "LGPL-2.1+")])])
    for name in ("pydantic", "aio-pika", "asyncpg", "stripe", "uvicorn", "libc6"):
        assert f"\n| {name} | " in text
    for name in ("react", "scheduler", "@codemirror/view", "@base-ui/react", "lucide-react", "tailwindcss"):
        assert f"\n| {name} | " in text
    for name in ("vite", "vitest", "typescript", "@types/react", "@biomejs/biome"):
        assert f"\n| {name} | " not in text


def test_a_release_is_stopped_when_a_licence_is_not_decided_on() -> None:
    with pytest.raises(licences.Undecided, match=r"a-widget \(GPL-3\.0-only\)"):
        licences.report([("page", [("a-widget", "1.0.0", "GPL-3.0-only"), ("fine", "1", "MIT")])])
    with pytest.raises(licences.Undecided, match=r"mute \(says nothing\)"):
        licences.report([("page", [("mute", "1.0.0", "")])])


def test_a_base_that_is_named_is_fetched_when_it_is_not_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    buildah = tmp_path / "buildah"
    buildah.write_text('#!/bin/sh\necho "$@" >> "$0.log"\necho "no such host"\n[ "$1 $3" = "pull there" ]\n')
    buildah.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    Store().have("there")
    with pytest.raises(NotBuilt, match="gone is not here and cannot be fetched:\nno such host"):
        Store().have("gone")
    asked = (tmp_path / "buildah.log").read_text().splitlines()
    assert asked[1::2] == ["pull --quiet there", "pull --quiet gone"]


@pytest.mark.parametrize(
    ("revisions", "reason"),
    [
        (("a1", "a1"), None),
        (("a1", "a1-dirty"), "built from what was not committed: billing"),
        (("a1", "b2"), "built from different commits"),
    ],
)
def test_only_images_of_one_commit_are_pinned(revisions: tuple[str, str], reason: str | None) -> None:
    built = {
        name: {"revision": revision} for name, revision in zip(("gateway", "billing"), revisions, strict=True)
    }
    assert (pin_images.unfit(built) or "").startswith(reason or "")
    assert (pin_images.unfit(built) is None) == (reason is None)
