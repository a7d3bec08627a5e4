"""What became of a generation: the ZIP on the disk, checked, and the figures, for people and as one JSON
document."""

import json
import zipfile
from dataclasses import asdict, dataclass
from pathlib import Path

from autocrea.cli.generation.api import GatewayApi
from autocrea.cli.generation.events import Terminal
from autocrea.cli.trouble import Trouble
from autocrea.contracts.faults import fault
from autocrea.contracts.orchestrator import v1 as orchestrator

SUCCESSES = frozenset({"completed", "completed_with_warnings"})


@dataclass(frozen=True, slots=True)
class Outcome:
    """The JSON document of `generate --json`, field by field. Without a ZIP its four fields are null; one that
    was never accepted has no id."""

    generation_id: str | None
    status: str
    archive: str | None
    sha256: str | None
    bytes: int | None
    files: int | None
    tokens_quoted: int
    tokens_charged: int
    balance: int | None
    seconds: float

    def json(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False, indent=1)

    @property
    def succeeded(self) -> bool:
        return self.status in SUCCESSES


async def refused(api: GatewayApi, pipeline: str) -> Outcome:
    """What becomes of one that was never accepted: no id, nothing charged."""
    quote, balance = await api.quote(pipeline), await api.balance()
    return Outcome(None, "rejected", None, None, None, None, quote.tokens, 0, balance.available, 0.0)


def status_of(end: Terminal) -> str:
    match end:
        case orchestrator.GenerationCompleted():
            return "completed_with_warnings" if end.warnings else "completed"
        case orchestrator.GenerationFailed():
            return "failed"
        case orchestrator.GenerationCancelled():
            return "cancelled"
        case orchestrator.GenerationRejected():
            return "rejected"


def reason_of(end: Terminal, language: str) -> str:
    """Why it ended early, with what can be done, in the person's language; empty for a completed one."""
    if isinstance(end, orchestrator.GenerationCompleted):
        return ""
    row = fault(str(end.fault))
    return f"{getattr(row.text, language)} {getattr(row.next_action, language)}"


async def fetch_archive(api: GatewayApi, end: orchestrator.GenerationCompleted, folder: Path) -> Path:
    """Download the ZIP into `folder` and check it against what the event announced. Raises Trouble when it
    differs."""
    announced = end.archive
    path = folder / Path(announced.file_name).name
    received = await api.download(str(end.generation_id), path)
    if received != announced.sha256:
        path.unlink()
        raise Trouble("archive_differs", expected=announced.sha256, received=received)
    return path


def listing(path: Path) -> list[tuple[str, int]]:
    """Name and size of every file in the ZIP, in its order."""
    with zipfile.ZipFile(path) as archive:
        return [(info.filename, info.file_size) for info in archive.infolist() if not info.is_dir()]
