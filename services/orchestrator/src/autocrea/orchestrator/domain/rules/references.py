"""What a page, a style sheet, an image or a compose file refers to is there."""

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase

from autocrea.contracts.shapes import Finding
from autocrea.orchestrator.domain.facts import FileFacts
from autocrea.orchestrator.domain.rules.view import View, error, folder_of, joined

_ELSEWHERE = re.compile(r"^(?:[a-z][a-z0-9+.-]*:|//|#|\$|\{)", re.IGNORECASE)
_FILE = re.compile(
    r"\.(?:html?|css|m?js|json|svg|png|jpe?g|gif|webp|avif|ico|woff2?|ttf|mp4|webm|mp3|pdf|webmanifest)$"
)


def check_references(view: View) -> Iterator[Finding]:
    for file in view.in_language("html", "css"):
        for one in file.references:
            if not _leads_somewhere(view, file, one.name):
                sentence = f"It refers to {one.name}, which is no file of the application."
                yield error("reference_to_missing_file", sentence, file.path, one.line)


def check_containers(view: View) -> Iterator[Finding]:
    builds = [(file, build) for file in view.in_language("yaml") for build in file.builds]
    contexts: dict[str, set[str]] = {}
    for file, build in builds:
        context = joined(folder_of(file.path), build.context)
        if _ELSEWHERE.match(build.context) or "$" in build.context:
            continue
        if context is None or (context and not view.has(context)):
            sentence = f"The build context {build.context} does not exist."
            yield error("build_of_missing_file", sentence, file.path, build.line)
            continue
        dockerfile = joined(context, build.dockerfile)
        if dockerfile not in view.paths:
            sentence = f"There is no {build.dockerfile} in the build context {build.context}."
            yield error("build_of_missing_file", sentence, file.path, build.line)
            continue
        contexts.setdefault(dockerfile, set()).add(context)
    for file in view.in_language("dockerfile"):
        yield from _copies(view, file, contexts.get(file.path) or {folder_of(file.path), ""})
    yield from _env_files(view)


def _copies(view: View, file: FileFacts, contexts: set[str]) -> Iterator[Finding]:
    for one in file.copies:
        paths = (joined(context, one.name.lstrip("/") or ".") for context in contexts)
        if not any(path is not None and _is_there(view, path) for path in paths):
            sentence = f"{one.name} is copied, and it does not exist in the build context."
            yield error("copy_of_missing_file", sentence, file.path, one.line)


def _env_files(view: View) -> Iterator[Finding]:
    for file in view.in_language("yaml"):
        for one in file.env_files:
            path = joined(folder_of(file.path), one.name)
            # `.env` is made of its example by whoever runs the application.
            if path is None or not (path in view.paths or f"{path}.example" in view.paths):
                sentence = f"The file of variables {one.name} does not exist, nor an example of it."
                yield error("env_file_missing", sentence, file.path, one.line)


def _is_there(view: View, path: str) -> bool:
    if not path:
        return True
    if not any(mark in path for mark in "*?["):
        return view.has(path)
    return any(fnmatchcase(known, path) or fnmatchcase(known, f"{path}/*") for known in view.paths)


def _leads_somewhere(view: View, file: FileFacts, reference: str) -> bool:
    target = re.split(r"[?#]", reference, maxsplit=1)[0]
    if not target or _ELSEWHERE.match(reference) or not _FILE.search(target.lower()):
        return True
    if target.startswith("/"):  # below whatever folder the server hands out
        return any(f"/{known}".endswith(target) or _same_name(known, target) for known in view.paths)
    path = joined(folder_of(file.path), target)
    return path is not None and path in view.paths


def _same_name(known: str, target: str) -> bool:
    return known.rpartition("/")[2] == target.rpartition("/")[2]
