"""Digests that two services compute: independent of order, and what the command line would say."""

import subprocess
from hashlib import sha256
from pathlib import Path

from autocrea.contracts.digests import entry, set_sha256
from autocrea.contracts.shapes import GeneratedFile

FILES = [
    GeneratedFile(path="b.py", text="print('ñ')\n"),
    GeneratedFile(path="a/c.txt", text=""),
    GeneratedFile(path="a/d.txt", text="\r\n"),
]


def test_entry_counts_bytes_when_text_is_not_ascii() -> None:
    described = entry(FILES[0])
    assert (described.path, described.bytes) == ("b.py", 12)
    assert described.sha256 == sha256("print('ñ')\n".encode()).hexdigest()


def test_digest_is_the_same_when_the_order_differs() -> None:
    assert set_sha256(map(entry, FILES)) == set_sha256(map(entry, reversed(FILES)))


def test_digest_differs_when_a_path_or_a_text_does() -> None:
    renamed = [GeneratedFile(path="x.py", text=FILES[0].text), *FILES[1:]]
    edited = [GeneratedFile(path=FILES[0].path, text=""), *FILES[1:]]
    digests = {set_sha256(map(entry, files)) for files in (FILES, renamed, edited, FILES[1:], [])}
    assert len(digests) == 5


def test_digest_is_that_of_sha256sum_when_run_by_hand(tmp_path: Path) -> None:
    for file in FILES:
        target = tmp_path / file.path
        target.parent.mkdir(exist_ok=True)
        target.write_bytes(file.text.encode())
    command = "sha256sum b.py a/c.txt a/d.txt | LC_ALL=C sort | sha256sum"
    printed = subprocess.run(command, shell=True, cwd=tmp_path, capture_output=True, check=True, text=True)
    assert printed.stdout.split()[0] == set_sha256(map(entry, FILES))
