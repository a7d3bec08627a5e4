# /// script
# requires-python = ">=3.11"
# dependencies = ["litellm[proxy]==1.100.5"]
# ///
"""LiteLLM's proxy, one worker, as it is installed: `litellm_proxy.py CONFIG PORT` becomes it.

It gets an empty environment and a key that opens nothing: some of its releases carried code that collects credentials.
This one is none of them.
"""

import os
import sys
from pathlib import Path

BESIDE = Path(sys.executable).parent


def main(config: str, port: str) -> None:
    words = ["litellm", "--config", config, "--host", "127.0.0.1", "--port", port, "--num_workers", "1"]
    environment = {
        "PATH": f"{BESIDE}:/usr/bin:/bin",
        "HOME": str(Path(config).parent),
        "LITELLM_LOCAL_MODEL_COST_MAP": "True",
        "LITELLM_LOG": "ERROR",
        "LITELLM_TELEMETRY": "False",
    }
    os.execve(BESIDE / "litellm", words, environment)


if __name__ == "__main__":
    main(*sys.argv[1:])
