"""The simulation notices bugs: each is planted in a copy of the source, found by a seed, and again by that seed."""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
SOURCES = {
    "autocrea/orchestrator": ROOT / "services/orchestrator/src/autocrea/orchestrator",
    "autocrea/billing": ROOT / "services/billing/src/autocrea/billing",
}
SEEDS = 300


@dataclass(frozen=True, slots=True)
class Bug:
    """Text of a file replaced by other text; the file must contain it exactly once."""

    file: str
    old: str
    new: str


BUGS = {
    "a cancelled run's hold is not released": Bug(
        "autocrea/billing/domain/settlement.py",
        "released_tokens = wallet.release(hold, fault, now)",
        'released_tokens = 0 if fault == "cancelled_by_user" else wallet.release(hold, fault, now)',
    ),
    "the rest is released before it is captured": Bug(
        "autocrea/billing/domain/settlement.py",
        "    refunds: dict[StepName, int] = {}\n",
        "    refunds: dict[StepName, int] = {}\n    wallet.release(hold, fault, now)\n",
    ),
    "the ledger forgets what it refunded": Bug(
        "autocrea/billing/domain/settlement.py",
        "            wallet.refund(hold, step, -difference, fault, now)\n",
        "",
    ),
    "copies are not told apart": Bug("simulation/world.py", "        self.seen.add(key)\n", ""),
    "a stopped step's model is not told": Bug(
        "autocrea/orchestrator/domain/settling.py",
        "    draft.send(CancelStep(**draft.run_header(), step=step.name))\n",
        "",
    ),
    "waiting steps are not skipped": Bug(
        "autocrea/orchestrator/domain/settling.py", "    skip_waiting(draft)\n", ""
    ),
    "a fault of ours is not refunded": Bug(
        "autocrea/orchestrator/domain/money.py",
        "return 0 if FAULTS[fault].refunds else step.charge_tokens",
        "return step.charge_tokens",
    ),
    "a retry does not hold what was refunded": Bug(
        "autocrea/orchestrator/domain/money.py",
        "return step.charge_tokens if step.net_tokens == 0 else 0",
        "return 0",
    ),
    "an event takes the number of the one before": Bug(
        "autocrea/orchestrator/domain/decision.py",
        "sequence=self.saga.sequence + 1)",
        "sequence=min(3, self.saga.sequence + 1))",
    ),
}


@pytest.mark.timeout(180)  # up to SEEDS worlds on a busy machine
@pytest.mark.parametrize("name", BUGS)
def test_a_seed_finds_it_and_finds_it_again_when_a_bug_is_planted(name: str, tmp_path: Path) -> None:
    plant(BUGS[name], tmp_path)
    status, said = simulate(tmp_path, "--seeds", str(SEEDS))
    assert status == 1, f"nothing noticed it:\n{said}"
    found = re.search(r"^seed (\d+): .+$", said, re.MULTILINE)
    assert found, said
    status, again = simulate(tmp_path, "--seed", found[1])
    assert status == 1
    assert found[0] in again, "the seed tells another story when it is repeated"


def test_the_copies_hold_when_nothing_is_planted(tmp_path: Path) -> None:
    copy_sources(tmp_path)
    status, said = simulate(tmp_path, "--seeds", "40")
    assert (status, said.splitlines()[-1]) == (0, "every promise holds")


def copy_sources(folder: Path) -> None:
    """The simulation and what it simulates, to be changed freely."""
    for name, source in SOURCES.items():
        shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(HERE, folder / "simulation", ignore=shutil.ignore_patterns("__pycache__", "test_*"))


def plant(bug: Bug, folder: Path) -> None:
    copy_sources(folder)
    path = folder / bug.file
    text = path.read_text("utf-8")
    assert text.count(bug.old) == 1, f"{bug.file} has changed: plant the bug anew"
    path.write_text(text.replace(bug.old, bug.new), "utf-8")


def simulate(folder: Path, *words: str) -> tuple[int, str]:
    """Exit status and output of the simulation, with the copies before the installed packages."""
    support = [ROOT / "services" / name / "tests" / "support" for name in ("orchestrator", "billing")]
    path = os.pathsep.join(map(str, (folder, *support)))
    ended = subprocess.run(
        [sys.executable, str(folder / "simulation" / "simulate.py"), *words, "--processes", "1"],
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    return ended.returncode, ended.stdout + ended.stderr
