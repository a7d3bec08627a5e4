"""Files of a contract that this writer did not draw up: small and valid, so that nothing promised is missing."""

import html
import json
from pathlib import PurePosixPath

from autocrea.simulators.writer.order import Order


def unforeseen(path: str, order: Order) -> str:
    """A valid file of the path's format that says whose it is."""
    name = PurePosixPath(path).name
    title = f"{order.project}: {name}".replace("*/", "").replace('"', "'").replace("\\", "/")
    match PurePosixPath(path).suffix:
        case ".py":
            return f'"""{title}."""\n'
        case ".js" | ".mjs" | ".ts" | ".css":
            return f"/* {title} */\n"
        case ".json":
            return json.dumps({"name": order.slug}, indent=2) + "\n"
        case ".html":
            safe = html.escape(title)
            head = f'<head><meta charset="utf-8"><title>{safe}</title></head>'
            return (
                f'<!doctype html>\n<html lang="{order.language}">{head}<body><h1>{safe}</h1></body></html>\n'
            )
        case ".sql":
            return f"-- {title}\n"
        case _:
            return f"# {title}\n"
