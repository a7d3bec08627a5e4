"""The name under which a person downloads the archive."""

import re

NAME_CHARACTERS_MAX = (
    80  # with ".zip" far below the 255 bytes that file systems take, at up to three bytes a character
)

_FORBIDDEN = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|]+')


def archive_name(project_name: str) -> str:
    """The project's own name made safe for a file system, in its own script: `Tienda de ñandúes.zip`."""
    name = _FORBIDDEN.sub("-", project_name)[:NAME_CHARACTERS_MAX].strip(" .-")
    return f"{name or 'autocrea'}.zip"
