"""A secret in a file is the file's, whenever it is asked for, and is masked whichever it was."""

from pathlib import Path

import pytest
from autocrea.chassis.censorship import Censor
from autocrea.chassis.keys import KeyTrouble
from autocrea.chassis.secret_files import SecretFile, parted
from pydantic import BaseModel, SecretStr


class Holder(BaseModel):
    secret: SecretStr


def exchanged(link: Path, content: str) -> None:
    """As Kubernetes does it: the file is a link, and where it leads is exchanged."""
    version = link.with_name(f"version-{len(list(link.parent.iterdir()))}")
    version.write_text(content)
    following = link.with_name("following")
    following.symlink_to(version)
    following.rename(link)


def test_the_new_value_is_told_when_the_file_is_exchanged(tmp_path: Path) -> None:
    link = tmp_path / "secret"
    exchanged(link, "the old one\n")
    held = Holder(secret=SecretFile(link))
    assert held.secret.get_secret_value() == "the old one"
    exchanged(link, "amqp://me:p%40ssword@broker/\n")
    assert held.secret.get_secret_value() == "amqp://me:p%40ssword@broker/"
    assert "ssword" not in repr(held)
    assert Censor().mask("refused: p@ssword") == "refused: ***"


@pytest.mark.parametrize("content", [None, "", " , \n"])
def test_the_last_value_stays_when_the_file_holds_none(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, content: str | None
) -> None:
    file = tmp_path / "secret"
    file.write_text("good")
    secret = SecretFile(file)
    file.unlink() if content is None else file.write_text(content)
    assert [secret.get_secret_value() for _ in range(3)] == ["good"] * 3
    assert [record.message for record in caplog.records] == ["a secret cannot be read, the last one stays"]
    file.write_text("good again")
    assert secret.get_secret_value() == "good again"


def test_a_secret_is_refused_when_its_file_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(KeyTrouble):
        SecretFile(tmp_path / "secret")


def test_two_values_are_in_force_when_there_is_a_comma_between() -> None:
    assert [one.get_secret_value() for one in parted(SecretStr(" new , old"))] == ["new", "old"]
    assert parted(None) == ()
