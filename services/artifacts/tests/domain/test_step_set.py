"""Which sets are kept as they are, and which are refused as a whole."""

import pytest
from autocrea.artifacts.domain.step_set import SetRejected, accept
from autocrea.contracts.digests import entry, set_sha256
from autocrea.contracts.paths import MANIFEST_NAME
from autocrea.contracts.shapes import GeneratedFile


def _files(**texts: str) -> list[GeneratedFile]:
    return [GeneratedFile(path=path, text=text) for path, text in texts.items()]


def _digest(files: list[GeneratedFile]) -> str:
    return set_sha256(entry(file) for file in files)


def test_bytes_are_kept_exactly_when_text_is_unusual() -> None:
    text = "línea\r\nsin salto final \x00 ñandú 🦙"
    files = _files(**{"a/raro.txt": text})
    (kept,) = accept(files, _digest(files))
    assert kept.content == text.encode()
    assert kept.sha256 == entry(files[0]).sha256


def test_an_empty_set_is_kept_when_a_step_delivers_no_files() -> None:
    assert accept([], _digest([])) == ()


def test_a_set_is_refused_when_a_text_differs_from_the_announced_digest() -> None:
    with pytest.raises(SetRejected, match="digest"):
        accept(_files(**{"a.py": "x = 2"}), _digest(_files(**{"a.py": "x = 1"})))


def test_a_set_is_refused_when_a_file_is_missing_from_it() -> None:
    files = _files(**{"a.py": "1", "b.py": "2"})
    with pytest.raises(SetRejected, match="digest"):
        accept(files[:1], _digest(files))


@pytest.mark.parametrize(
    ("path", "rule"),
    [
        ("../../etc/cron.d/x", "parent"),
        ("/etc/passwd", "absolute"),
        ("a\\b", "backslash"),
        (".git/hooks/post-checkout", "git_folder"),
        (MANIFEST_NAME, "reserved_by_us"),
    ],
)
def test_a_set_is_refused_when_the_guard_refuses_a_path(path: str, rule: str) -> None:
    files = _files(**{"ok.py": "1", path: "2"})
    with pytest.raises(SetRejected, match=rule):
        accept(files, _digest(files))


def test_a_set_is_refused_when_two_paths_are_one_file_on_some_systems() -> None:
    files = _files(**{"README.md": "1", "readme.md": "2"})
    with pytest.raises(SetRejected, match="collision"):
        accept(files, _digest(files))


def test_the_reason_names_no_path_when_a_set_is_refused() -> None:
    files = _files(**{"../secreto-de-ada": "1"})
    with pytest.raises(SetRejected) as refused:
        accept(files, _digest(files))
    assert "secreto" not in str(refused.value)
