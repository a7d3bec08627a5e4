"""Secrets that are in files: `<VARIABLE>_FILE` names one in any secret's place, and a change needs no restart.

Whoever holds such a secret asks for its value when it is used: at a request, at a new connection. What is open goes on.
"""

import logging
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_args

from autocrea.chassis import censorship
from autocrea.chassis.keys import KeyTrouble, key_in, why_unread
from pydantic import SecretStr
from pydantic_settings import BaseSettings

SUFFIX = "_FILE"

log = logging.getLogger(__name__)


class SecretFile(SecretStr):
    """What a file holds now; while it cannot be read, what it held last. Looking costs a `stat` of a mounted file."""

    def __init__(self, file: Path) -> None:
        """Raises KeyTrouble when there is nothing in it: a secret that is wanted from a file must be there at start."""
        self._file = file
        self._seen = _identity(file)
        self._trouble: str | None = None
        super().__init__(_content(file))

    def get_secret_value(self) -> str:
        try:
            seen = _identity(self._file)  # before the reading: what is written in its midst is read again
            if seen != self._seen:
                self._secret_value = _content(self._file)
                self._seen = seen
                censorship.learn(SecretStr(self._secret_value))
                log.info("a secret changed", extra={"file": str(self._file)})
            self._trouble = None
        except KeyTrouble as error:
            if self._trouble != str(error):
                told = {"file": str(self._file), "reason": str(error)}
                log.warning("a secret cannot be read, the last one stays", extra=told)
            self._trouble = str(error)
        return self._secret_value


def from_files(
    settings: type[BaseSettings], variables: Mapping[str, str], given: Mapping[str, Any]
) -> dict[str, SecretFile]:
    """The secrets that are in files, by field. `variables` names each field's variable, `given` is what the rest of the
    environment says. Raises ValueError, which quotes nothing."""
    found = {}
    for field, variable in variables.items():
        file = os.environ.get(variable + SUFFIX)
        if not file or not takes_file(settings, field):
            continue
        if field in given or variable in given:
            raise ValueError(f"{variable} and {variable}{SUFFIX} are both set; unset one")
        try:
            found[field] = SecretFile(Path(file))
        except KeyTrouble as error:
            raise ValueError(f"{variable}{SUFFIX}: {error}") from error
    return found


def takes_file(settings: type[BaseSettings], field: str) -> bool:
    """Whether this is a secret without a field of its own for its file: one that a service may do without a while."""
    annotation = settings.model_fields[field].annotation
    is_secret = SecretStr in (annotation, *get_args(annotation))
    return is_secret and f"{field}{SUFFIX}".lower() not in settings.model_fields


def parted(secret: SecretStr | None) -> tuple[SecretStr, ...]:
    """The values in force, of which there are two while one is changed; an empty one would be anybody's."""
    text = secret.get_secret_value() if secret else ""
    return tuple(SecretStr(part.strip()) for part in text.split(",") if part.strip())


def fault_of(secret: SecretStr) -> str | None:
    """What is wrong with it wherever it is used: what no header and no address can carry would fail at each use."""
    text = secret.get_secret_value()
    if not parted(secret):
        return "is blank"
    return None if text.isascii() and text.isprintable() else "holds something else than printable ASCII"


def revealed(secret: str | SecretStr) -> str:
    """An address with or without a password in it, as it is now."""
    return secret if isinstance(secret, str) else secret.get_secret_value()


def _content(file: Path) -> str:
    found = key_in(file)
    if not parted(found):
        raise KeyTrouble("the file holds commas alone")
    return found.get_secret_value()


def _identity(file: Path) -> tuple[int, int, int]:
    try:
        found = file.stat()
    except OSError as error:
        raise KeyTrouble(why_unread(error)) from error
    return found.st_ino, found.st_mtime_ns, found.st_size
