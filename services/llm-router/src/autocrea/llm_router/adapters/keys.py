"""The providers' keys: each from a file or the environment, looked at again and again, because keys are rotated."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

from autocrea.chassis.errors import Unavailable
from pydantic import SecretStr

LOOK_SECONDS = 5.0  # a replaced key is in use this soon; a look costs a small file read for each provider
KEY_BYTES_MAX = 16 * 1024  # the longest tokens that are called keys have a tenth of this

Source = tuple[SecretStr | None, Path | None]
"""A key, or the file that holds it."""

log = logging.getLogger(__name__)


class KeyRing:
    """Who is called with which key now."""

    def __init__(self, sources: Callable[[], Mapping[str, Source]]) -> None:
        """`sources` says for each provider where its key is; it may block, and raise ValueError."""
        self._sources = sources
        self._troubles: dict[str, str] = {}
        self._keys: dict[str, SecretStr] = {}
        self._keys = self._found()

    def of(self, provider: str) -> Callable[[], SecretStr | None]:
        """The provider's key, whenever it is asked for."""
        return lambda: self._keys.get(provider)

    async def look(self) -> set[str]:
        """Look at the sources now; the providers whose keys came, went or changed."""
        before, self._keys = self._keys, await asyncio.to_thread(self._found)
        names = before.keys() | self._keys.keys()
        return {name for name in names if before.get(name) != self._keys.get(name)}

    async def watch(self, changed: Callable[[str], Awaitable[None]]) -> None:
        """Look for ever, and tell of each provider whose key is another one until it was taken in."""
        untold: set[str] = set()
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            untold |= await self.look()
            for provider in sorted(untold):
                log.info("a key changed", extra={"provider": provider})
                try:
                    await changed(provider)
                except Unavailable as error:
                    log.warning("told of the key later", extra={"provider": provider, "reason": error.what})
                else:
                    untold.discard(provider)

    def _found(self) -> dict[str, SecretStr]:
        try:
            sources = self._sources()
        except ValueError as error:  # its words may quote a key
            self._warn("settings", type(error).__name__)
            return self._keys
        self._troubles.pop("settings", None)
        found = {}
        for provider, (value, file) in sources.items():
            key = value if file is None else self._in_file(provider, file)
            if key is not None:
                found[provider] = key
        return found

    def _in_file(self, provider: str, file: Path) -> SecretStr | None:
        """None when there is none to be had: the file may still be mounted, or be replaced by a good one."""
        try:
            with file.open("rb") as opened:
                text = opened.read(KEY_BYTES_MAX).decode().strip()
        except OSError as error:
            self._warn(provider, str(error))
        except UnicodeDecodeError:
            self._warn(provider, f"{file} is no text")
        else:
            self._warn(provider, "" if text else f"{file} is empty")
            return SecretStr(text) if text else None
        return None

    def _warn(self, whose: str, trouble: str) -> None:
        if trouble and self._troubles.get(whose) != trouble:
            log.warning("no key to be had", extra={"provider": whose, "reason": trouble})
        self._troubles[whose] = trouble
