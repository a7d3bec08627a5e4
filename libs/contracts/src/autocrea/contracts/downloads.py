"""The name a download gets, so that every browser writes it right (RFC 6266 with RFC 8187's extended form)."""

import unicodedata
from urllib.parse import quote

_ATTR_CHARS = "!#$&+-.^_`|~"  # RFC 8187's attr-char, besides letters and digits


def attachment(file_name: str) -> str:
    """The value of Content-Disposition: an ASCII name for old clients, the true one, encoded, for the rest."""
    plain = unicodedata.normalize("NFKD", file_name).encode("ascii", "ignore").decode()
    plain = "".join("_" if c in '"\\%/;' or not c.isprintable() else c for c in plain).strip()
    if not plain or plain.startswith("."):
        plain = f"download{plain}"
    true = unicodedata.normalize("NFC", file_name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(true, safe=_ATTR_CHARS)}"
