"""A generation as the services would run it: every step asked over the wire, with the contract in the prompt."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from prompts import ask, files_in, prompt, text_of

# The steps that write files, by pipeline.
FILE_STEPS = {
    "webapp": ("backend", "frontend", "devops"),
    "landing": ("frontend",),
    "api": ("backend", "devops"),
}


@dataclass(frozen=True)
class Wish:
    """What a person asks for."""

    request: str
    project: str = "mi-super-app"
    language: str = "es"
    pipeline: str = "webapp"


@dataclass(frozen=True)
class Generated:
    """What the five steps wrote."""

    wish: Wish
    contract: dict[str, Any]
    by_step: dict[str, dict[str, str]]
    audit: dict[str, Any]

    @property
    def files(self) -> dict[str, str]:
        return {path: text for files in self.by_step.values() for path, text in files.items()}

    def write(self, folder: Path) -> Path:
        for path, text in self.files.items():
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
        return folder


def generate(client: httpx.Client, wish: Wish) -> Generated:
    steps = FILE_STEPS[wish.pipeline]

    def answer(step: str, contract: Any = None) -> str:
        about: dict[str, Any] = {"project": wish.project, "language": wish.language, "contract": contract}
        user = prompt(step, wish.request, writers=() if contract else steps, **about)
        return text_of(ask(client, user))

    contract = json.loads(answer("architecture"))
    by_step = {step: files_in(answer(step, contract)) for step in steps}
    return Generated(wish, contract, by_step, json.loads(answer("security_audit", contract)))
