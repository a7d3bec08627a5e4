"""The header that names a download is one safe line whatever the name, and says the true one."""

import re
import unicodedata
from urllib.parse import unquote

from autocrea.contracts.downloads import attachment
from hypothesis import given
from hypothesis import strategies as st

_HEADER = re.compile(r"attachment; filename=\"([^\"\\]+)\"; filename\*=UTF-8''([^\"\s;,]*)")


@given(name=st.text(st.characters(exclude_categories=["Cs"]), max_size=60))
def test_header_is_safe_and_true_when_a_download_has_any_name(name: str) -> None:
    value = attachment(name)
    assert value.isascii()
    assert value.isprintable()
    matched = _HEADER.fullmatch(value)
    assert matched is not None
    assert unquote(matched[2]) == unicodedata.normalize("NFC", name)


def test_both_names_are_readable_when_a_name_is_spanish() -> None:
    assert attachment("Tienda de ñandúes.zip") == (
        "attachment; filename=\"Tienda de nandues.zip\"; filename*=UTF-8''Tienda%20de%20%C3%B1and%C3%BAes.zip"
    )
