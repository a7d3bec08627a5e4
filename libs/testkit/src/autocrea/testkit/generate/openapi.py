"""`openapi.json`: the gateway's API as clients are generated from it."""

import json
from pathlib import Path

from autocrea.gateway.entrypoints.api import create_app
from autocrea.gateway.ports import Options


def files() -> dict[Path, str]:
    """The one document, in a stable order."""
    document = create_app(Options(environment="production", version="0.1.0")).openapi()
    return {Path("openapi.json"): json.dumps(document, indent=2, ensure_ascii=False, sort_keys=True) + "\n"}
