"""Keys of what is not ours, from a file or the environment: looked at again and again, because keys are rotated."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

from autocrea.chassis import censorship
from autocrea.chassis.errors import Unavailable
from pydantic import SecretStr

LOOK_SECONDS = 5.0  # a replaced key is in use this soon; a look costs a small file read for each key
KEY_BYTES_MAX = 16 * 1024  # the longest tokens that are called keys have a tenth of this

Source = tuple[SecretStr | None, Path | None]
"""A key, or the file that holds it."""

log = logging.getLogger(__name__)


class KeyTrouble(ValueError):
    """Why there is no key to be had, in words that hold none."""


def key_in(file: Path) -> SecretStr:
    """What a file holds, without the blanks around it. Raises KeyTrouble."""
    try:
        with file.open("rb") as opened:
            text = opened.read(KEY_BYTES_MAX).decode().strip()
    except OSError as error:
        raise KeyTrouble(why_unread(error)) from error
    except UnicodeDecodeError:
        raise KeyTrouble("the file is no text") from None
    if not text:
        raise KeyTrouble("the file is empty")
    return SecretStr(text)


def why_unread(error: OSError) -> str:
    """Without the file's name: somebody may have put the secret itself there."""
    return error.strerror or type(error).__name__


class KeyRing:
    """Which keys are in force now, by name."""

    def __init__(self, sources: Callable[[], Mapping[str, Source]]) -> None:
        """`sources` says for each name where its key is; it may block. While it raises ValueError, the keys stay."""
        self._sources = sources
        self._troubles: dict[str, str] = {}
        self._keys: dict[str, SecretStr] = {}
        self._keys = self._found()

    def of(self, name: str) -> Callable[[], SecretStr | None]:
        """The key of that name, whenever it is asked for."""
        return lambda: self._keys.get(name)

    async def look(self) -> set[str]:
        """Look at the sources now; the names whose keys came, went or changed."""
        before, self._keys = self._keys, await asyncio.to_thread(self._found)
        names = before.keys() | self._keys.keys()
        return {name for name in names if before.get(name) != self._keys.get(name)}

    async def watch(self, changed: Callable[[str], Awaitable[None]] | None = None) -> None:
        """Look for ever, and tell of each name whose key is another one until it was taken in."""
        untold: set[str] = set()
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            untold |= await self.look()
            for name in sorted(untold):
                log.info("a key changed", extra={"key_name": name})
                try:
                    if changed is not None:
                        await changed(name)
                except Unavailable as error:
                    log.warning("told of the key later", extra={"key_name": name, "reason": error.what})
                else:
                    untold.discard(name)

    def _found(self) -> dict[str, SecretStr]:
        try:
            sources = self._sources()
        except KeyTrouble as error:
            self._warn("settings", str(error))
            return self._keys
        except ValueError as error:  # its words may quote a key
            self._warn("settings", type(error).__name__)
            return self._keys
        self._troubles.pop("settings", None)
        found = {}
        for name, (value, file) in sources.items():
            key = value if file is None else self._in_file(name, file)
            if key is not None:
                found[name] = key
                censorship.learn(key)
        return found

    def _in_file(self, name: str, file: Path) -> SecretStr | None:
        """None when there is none to be had: the file may still be mounted, or be replaced by a good one."""
        try:
            key = key_in(file)
        except KeyTrouble as error:
            self._warn(name, str(error))
            return None
        self._troubles.pop(name, None)
        return key

    def _warn(self, whose: str, trouble: str) -> None:
        if self._troubles.get(whose) != trouble:
            log.warning("no key to be had", extra={"key_name": whose, "reason": trouble})
        self._troubles[whose] = trouble
