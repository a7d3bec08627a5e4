"""One test run: what its workers and holders share, and where downloads are kept from one run to the next."""

import os
from dataclasses import dataclass
from pathlib import Path

RUN_VARIABLE = "AUTOCREA_TESTKIT_RUN"


@dataclass(frozen=True, slots=True)
class Run:
    """Its folder and the process whose end ends the servers."""

    folder: Path
    owner: int

    @classmethod
    def current(cls) -> "Run":
        """The run of this process, inherited by its workers through the environment."""
        stored = os.environ.get(RUN_VARIABLE)
        if stored is None:
            folder = cache_folder() / "runs" / str(os.getpid())
            stored = os.environ[RUN_VARIABLE] = f"{os.getpid()}:{folder}"
        owner, _, path = stored.partition(":")
        return cls(Path(path), int(owner))


def cache_folder() -> Path:
    """Where downloads are kept between runs: the workspace's state folder."""
    configured = os.environ.get("AUTOCREA_STATE")
    if configured:
        return Path(configured) / "tests"
    for parent in Path(__file__).resolve().parents:
        if (parent / "uv.lock").exists():
            return parent / ".autocrea" / "tests"
    return Path.home() / ".cache" / "autocrea-tests"
