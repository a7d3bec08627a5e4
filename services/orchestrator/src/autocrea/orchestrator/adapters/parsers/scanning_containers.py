"""Our own rules on how containers run."""

import re
from collections.abc import Iterator

from autocrea.orchestrator.domain.hazards import Hazard

_USER = re.compile(r"^\s*USER\s+(\S+)", re.IGNORECASE | re.MULTILINE)
_FROM = re.compile(r"^\s*FROM\s+(?:--\S+\s+)*(\S+)(?:\s+AS\s+(\S+))?", re.IGNORECASE | re.MULTILINE)
_PRIVILEGED = re.compile(r"^\s*privileged:\s*true\b", re.MULTILINE)
_SOCKET = re.compile(r"/var/run/docker\.sock")


def scan_dockerfile(text: str) -> Iterator[Hazard]:
    """An image whose process is root, and one whose base moves."""
    stages = list(_FROM.finditer(text))
    own = {match[2] for match in stages if match[2]}
    for match in stages:
        image = match[1]
        name = image.rpartition("/")[2]
        floating = "@" not in image and (":" not in name or name.endswith(":latest"))
        if floating and image not in own and image != "scratch" and "$" not in image:
            yield Hazard("floating_image", "low", _line(text, match.start(1)))
    if stages:
        users = _USER.findall(text[stages[-1].start() :])
        if not users or users[-1].partition(":")[0] in ("root", "0"):
            yield Hazard("root_container", "medium", _line(text, stages[-1].start(1)))


def scan_compose(text: str) -> Iterator[Hazard]:
    for match in _PRIVILEGED.finditer(text):
        yield Hazard("privileged_container", "high", _line(text, match.end()))
    for match in _SOCKET.finditer(text):
        yield Hazard("docker_socket", "high", _line(text, match.start()))


def _line(text: str, at: int) -> int:
    return text.count("\n", 0, at) + 1
