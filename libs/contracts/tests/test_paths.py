"""The path guard: nothing gets out of its folder, nothing replaces another file, on any system."""

import ntpath
import posixpath
import unicodedata

import pytest
from autocrea.contracts.paths import (
    DEPTH_MAX,
    MANIFEST_NAME,
    PATH_BYTES_MAX,
    SEGMENT_BYTES_MAX,
    PathRejected,
    check_path,
    collision_key,
)
from hypothesis import example, given, settings
from hypothesis import strategies as st

HARMLESS = [
    "README.md",
    "backend/main.py",
    "frontend/src/components/Botón.tsx",
    "app/[id]/(group)/@modal/page.tsx",
    "docs/guía de inicio.md",
    ".gitignore",
    ".github/workflows/ci.yml",
    ".env.example",
    "src/_private/__init__.py",
    "a/b/c.d.e",
    "public/日本語.txt",
    "console/com10.py",
    "git/config",
    "nullable.py",
    "manifest.json",
    "a+b=c&d,e;f'g!h#i$j%k^l{m}~n`o.txt",
    "x" * SEGMENT_BYTES_MAX,
    "/".join(["d"] * DEPTH_MAX),
]

REFUSED = [
    ("", "empty"),
    ("/etc/passwd", "absolute"),
    ("//server/share", "absolute"),
    ("../../etc/cron.d/x", "parent"),
    ("a/../../b", "parent"),
    ("a/..", "parent"),
    ("..", "parent"),
    (".", "dot_segment"),
    ("./a.py", "dot_segment"),
    ("a/./b", "dot_segment"),
    ("a//b", "empty_segment"),
    ("a/", "empty_segment"),
    ("a\\b", "backslash"),
    ("..\\..\\windows\\system32", "backslash"),
    ("C:/windows/x", "drive"),
    ("c:x", "drive"),
    ("a/file.txt:stream", "windows_character"),
    ("a<b>.py", "windows_character"),
    ("what?.md", "windows_character"),
    ("a|b", "windows_character"),
    ('say "hi".md', "windows_character"),
    ("*.py", "windows_character"),
    ("a\x00.py", "control_character"),
    ("a\nb.py", "control_character"),
    ("a\tb.py", "control_character"),
    ("a\x7f", "control_character"),
    ("a\x85b", "control_character"),
    ("exe\u202egnp.py", "control_character"),
    (".g\u200cit/config", "control_character"),
    ("a\ufeff.py", "control_character"),
    ("a\ud800.py", "control_character"),
    ("a\uffff.py", "control_character"),
    ("a\ue000.py", "control_character"),
    ("a\u2028b", "control_character"),
    ("a\u00a0b.py", "white_space"),
    ("a\u3000b.py", "white_space"),
    ("a.", "trailing_dot_or_space"),
    ("...", "trailing_dot_or_space"),
    ("a./b", "trailing_dot_or_space"),
    ("a /b", "trailing_dot_or_space"),
    (".git /config", "trailing_dot_or_space"),
    ("a ", "trailing_dot_or_space"),
    (" a", "leading_space"),
    ("a/ b", "leading_space"),
    ("con", "windows_name"),
    ("CON.txt", "windows_name"),
    ("src/aux.js", "windows_name"),
    ("nul.tar.gz", "windows_name"),
    ("a/COM1/b", "windows_name"),
    ("lpt9.log", "windows_name"),
    ("com¹", "windows_name"),
    ("con .txt", "windows_name"),
    ("CONIN$", "windows_name"),
    (".git/config", "git_folder"),
    ("vendor/.GIT/hooks/post-checkout", "git_folder"),
    ("GIT~1/config", "git_folder"),
    ("Boto\u0301n.tsx", "not_nfc"),
    ("\u212b.txt", "not_nfc"),
    ("x" * (PATH_BYTES_MAX + 1), "too_long"),
    ("ñ" * PATH_BYTES_MAX, "too_long"),
    ("x" * (SEGMENT_BYTES_MAX + 1), "segment_too_long"),
    ("/".join(["d"] * (DEPTH_MAX + 1)), "too_deep"),
    (MANIFEST_NAME, "reserved_by_us"),
    (MANIFEST_NAME.upper(), "reserved_by_us"),
]


@pytest.mark.parametrize("path", HARMLESS)
def test_path_passes_when_it_is_harmless(path: str) -> None:
    check_path(path)


@pytest.mark.parametrize(("path", "rule"), REFUSED)
def test_path_is_refused_with_its_rule_when_it_is_not(path: str, rule: str) -> None:
    with pytest.raises(PathRejected) as caught:
        check_path(path)
    assert caught.value.rule == rule
    assert caught.value.sentence == str(caught.value)
    caught.value.sentence.encode()


def _passes(path: str) -> bool:
    try:
        check_path(path)
    except PathRejected:
        return False
    return True


NASTY = st.text(st.sampled_from("ab.AÁß/\\: ~-\x00\n\u202e\u0301Ωcongitnul12$*?"), max_size=24)


@settings(deadline=None)
@given(st.one_of(st.text(max_size=64), NASTY))
@example("..")
@example("a/../b")
@example("nul")
def test_path_stays_in_its_folder_on_every_system_when_it_passes(path: str) -> None:
    if not _passes(path):
        return
    assert posixpath.normpath(posixpath.join("/root", path)) == f"/root/{path}"
    assert ntpath.normpath(ntpath.join("C:\\root", path)) == "C:\\root\\" + path.replace("/", "\\")
    assert not ntpath.isabs(path)
    assert unicodedata.normalize("NFC", path) == path
    assert path.isprintable()
    assert len(path.encode()) <= PATH_BYTES_MAX


@settings(deadline=None)
@given(st.text(max_size=300))
def test_verdict_is_a_rejection_and_nothing_else_when_text_is_arbitrary(path: str) -> None:
    _passes(path)


@settings(deadline=None)
@given(st.lists(st.text("abdefghijkm_-", min_size=1, max_size=12), min_size=1, max_size=DEPTH_MAX))
def test_path_passes_when_it_is_made_of_plain_names(names: list[str]) -> None:
    plain = "/".join(names)
    assert _passes(plain) or len(plain) > PATH_BYTES_MAX


@settings(deadline=None)
@given(st.text(max_size=40))
def test_collision_key_is_one_when_case_or_composition_differ(path: str) -> None:
    key = collision_key(path)
    assert key == collision_key(unicodedata.normalize("NFC", path))
    assert key == collision_key(unicodedata.normalize("NFD", path))
    assert key == collision_key(path.casefold())
    assert key == collision_key(key)
