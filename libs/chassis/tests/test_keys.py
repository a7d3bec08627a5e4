"""Keys are looked at again: a file that is replaced, appears or goes, and an environment that changes."""

import asyncio
from pathlib import Path

import pytest
from autocrea.chassis import keys
from autocrea.chassis.errors import Unavailable
from autocrea.chassis.keys import KeyRing, Source
from autocrea.testkit.waiting import eventually
from pydantic import SecretStr


def shown(ring: KeyRing, provider: str = "openai") -> str | None:
    key = ring.of(provider)()
    return None if key is None else key.get_secret_value()


async def test_the_new_key_is_used_when_its_file_is_replaced(tmp_path: Path) -> None:
    """As Kubernetes does it: the file is a link, and where it leads is exchanged."""
    for version in ("old", "new"):
        (tmp_path / version).write_text(f"{version} key\n")
    link = tmp_path / "key"
    link.symlink_to(tmp_path / "old")
    ring = KeyRing(lambda: {"openai": (None, link), "joxcoder": (SecretStr("fixed"), None)})
    assert shown(ring) == "old key"
    assert await ring.look() == set()
    (tmp_path / "next").symlink_to(tmp_path / "new")
    (tmp_path / "next").rename(link)
    assert await ring.look() == {"openai"}
    assert (shown(ring), shown(ring, "joxcoder")) == ("new key", "fixed")


@pytest.mark.parametrize("content", [b"", b"  \n", b"\xff\xfe", None])
async def test_there_is_no_key_until_its_file_holds_one_when_it_does_not(
    tmp_path: Path, content: bytes | None
) -> None:
    file = tmp_path / "key"
    if content is not None:
        file.write_bytes(content)
    ring = KeyRing(lambda: {"openai": (None, file)})
    assert shown(ring) is None
    file.write_text("mounted late")
    assert await ring.look() == {"openai"}
    file.unlink()
    assert await ring.look() == {"openai"}
    assert shown(ring) is None


async def test_a_folder_in_a_key_s_place_takes_nobody_else_s_key_along(tmp_path: Path) -> None:
    ring = KeyRing(lambda: {"openai": (None, tmp_path), "joxcoder": (SecretStr("fixed"), None)})
    assert (shown(ring), shown(ring, "joxcoder")) == (None, "fixed")


async def test_the_keys_stay_when_the_settings_cannot_be_read(caplog: pytest.LogCaptureFixture) -> None:
    sources: dict[str, Source] = {"openai": (SecretStr("good"), None)}

    def read() -> dict[str, Source]:
        if not sources:
            raise ValueError("bad value: secret")
        return sources.copy()

    ring = KeyRing(read)
    sources.clear()
    assert await ring.look() == set()
    assert shown(ring) == "good"
    assert "secret" not in caplog.text


async def test_a_change_is_told_until_it_is_taken_in_when_the_database_is_away(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(keys, "LOOK_SECONDS", 0.01)
    sources: dict[str, Source] = {"openai": (SecretStr("old"), None)}
    told: list[str] = []

    async def changed(provider: str) -> None:
        told.append(provider)
        if len(told) < 3:
            raise Unavailable("the database does not answer")

    ring = KeyRing(lambda: sources)
    watch = asyncio.create_task(ring.watch(changed))
    sources["openai"] = (SecretStr("new"), None)
    await eventually(lambda: len(told) == 3)
    sources["joxcoder"] = (SecretStr("first"), None)
    await eventually(lambda: told[-1] == "joxcoder")
    assert told == ["openai", "openai", "openai", "joxcoder"]
    watch.cancel()
    await asyncio.gather(watch, return_exceptions=True)
