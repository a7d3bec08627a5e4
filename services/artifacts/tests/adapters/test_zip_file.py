"""Archives are equal byte for byte when their entries are, and what went in comes out."""

import subprocess
import sys
import zipfile
from hashlib import sha256
from pathlib import Path

from autocrea.artifacts.adapters.zip_file import SPOOL_BYTES_MAX, write_zip
from hypothesis import given
from hypothesis import strategies as st

_names = st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=20)
_entries = st.dictionaries(_names, st.binary(max_size=200), max_size=8).map(
    lambda files: sorted(files.items())
)


def _bytes(entries: list[tuple[str, bytes]]) -> bytes:
    with write_zip(entries).body as body:
        return body.read()


@given(_entries)
def test_bytes_are_equal_when_entries_are(entries: list[tuple[str, bytes]]) -> None:
    assert _bytes(entries) == _bytes(list(entries))


@given(_entries)
def test_what_went_in_comes_out_when_an_archive_is_read(entries: list[tuple[str, bytes]]) -> None:
    file = write_zip(entries)
    with file.body, zipfile.ZipFile(file.body) as archive:
        assert [(name, archive.read(name)) for name in archive.namelist()] == entries
        assert archive.testzip() is None


@given(_entries)
def test_hash_and_size_are_those_of_the_bytes_when_an_archive_is_written(
    entries: list[tuple[str, bytes]],
) -> None:
    file = write_zip(entries)
    with file.body as body:
        content = body.read()
    assert (file.sha256, file.bytes) == (sha256(content).hexdigest(), len(content))


def test_bytes_are_equal_when_another_process_writes_them_at_another_time() -> None:
    script = (
        "import os, time; os.environ['TZ'] = 'Asia/Tokyo'; time.tzset(); os.umask(0o077)\n"
        "from autocrea.artifacts.adapters.zip_file import write_zip\n"
        "print(write_zip([('a.txt', b'hola'), ('ñ/b.txt', b'x' * 1000)]).sha256)"
    )
    other = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    file = write_zip([("a.txt", b"hola"), ("ñ/b.txt", b"x" * 1000)])
    file.body.close()
    assert other.stdout.strip() == file.sha256


def test_times_and_modes_are_fixed_when_an_archive_is_written() -> None:
    file = write_zip([("a.txt", b"1"), ("b.sh", b"#!/bin/sh")])
    with file.body, zipfile.ZipFile(file.body) as archive:
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert {info.external_attr >> 16 for info in archive.infolist()} == {0o100644}


def test_an_archive_is_whole_when_it_outgrows_memory(tmp_path: Path) -> None:
    import random

    noise = random.Random(1).randbytes(SPOOL_BYTES_MAX + 1)
    target = tmp_path / "big.zip"
    target.write_bytes(_bytes([("noise.bin", noise)]))
    with zipfile.ZipFile(target) as archive:
        assert archive.read("noise.bin") == noise
