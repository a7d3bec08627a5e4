"""Imports ⊆ the standard library + declared dependencies + files of the application."""

from collections.abc import Iterator

from autocrea.contracts.shapes import Finding
from autocrea.orchestrator.domain.facts import FileFacts, Import
from autocrea.orchestrator.domain.rules.packages import modules_of, normalised
from autocrea.orchestrator.domain.rules.view import SCRIPTS, View, error, folder_of, joined

_PYTHON_MANIFESTS = frozenset({"requirements", "toml"})
_SCRIPT_ENDINGS = (
    "",
    ".js",
    ".mjs",
    ".ts",
    ".tsx",
    ".jsx",
    ".json",
    ".css",
    "/index.js",
    "/index.ts",
    "/index.tsx",
)
_NODE = frozenset(
    [
        "assert",
        "buffer",
        "child_process",
        "cluster",
        "console",
        "constants",
        "crypto",
        "dgram",
        "dns",
        "domain",
        "events",
        "fs",
        "http",
        "http2",
        "https",
        "module",
        "net",
        "os",
        "path",
        "perf_hooks",
        "process",
        "punycode",
        "querystring",
        "readline",
        "stream",
        "string_decoder",
        "sys",
        "timers",
        "tls",
        "tty",
        "url",
        "util",
        "v8",
        "vm",
        "worker_threads",
        "zlib",
        "test",
        "sqlite",
    ]
)


def check_imports(view: View) -> Iterator[Finding]:
    declared = _declared(view, "python", _PYTHON_MANIFESTS)
    modules = {module for name in declared for module in modules_of(name)}
    for file in view.in_language("python"):
        for one in file.imports:
            yield from _python(view, file, one, modules)
    npm = _declared(view, "npm", frozenset({"json"}))
    for file in view.in_language("html", *SCRIPTS):
        for one in file.imports:
            yield from _script(view, file, one, npm)
    yield from _undeclared_in_manifest(view)


def _declared(view: View, ecosystem: str, manifests: frozenset[str]) -> set[str]:
    """What the contract declares, and the manifests of this step besides."""
    named = {one.name for file in view.facts if file.language in manifests for one in file.packages}
    if view.contract is not None:
        named |= {one.name for one in view.contract.dependencies if one.ecosystem == ecosystem}
    return named


def _python(view: View, file: FileFacts, one: Import, modules: set[str]) -> Iterator[Finding]:
    if one.module.startswith("."):
        dots = len(one.module) - len(one.module.lstrip("."))
        base = joined(folder_of(file.path), "../" * (dots - 1) or ".")
        name = one.module.lstrip(".").replace(".", "/")
        if base is None or (name and not _is_module(view, f"{base}/{name}".lstrip("/"))):
            yield error("import_of_missing_file", f"There is no module {one.module}.", file.path, one.line)
        return
    first = one.module.partition(".")[0]
    if _is_local(view, first):
        ending = one.module.replace(".", "/")
        if not any(_ends(path, ending) for path in view.paths):
            sentence = f"There is no module {one.module}: {first} is the application's own."
            yield error("import_of_missing_file", sentence, file.path, one.line)
    elif first not in modules and one.module not in modules:
        sentence = f"{first} is neither the standard library's, nor a declared dependency, nor a file."
        yield error("import_undeclared", sentence, file.path, one.line)


def _is_module(view: View, path: str) -> bool:
    return f"{path}.py" in view.paths or view.has(path)


def _is_local(view: View, name: str) -> bool:
    """Whether a file or folder of the application may be imported by that name from somewhere in it."""
    return any(
        path.endswith(".py") and (name in path.split("/")[:-1] or path.rpartition("/")[2] == f"{name}.py")
        for path in view.paths
    )


def _ends(path: str, ending: str) -> bool:
    """Whether a path is the module, seen from some folder: itself, its package, or a folder on its way."""
    whole = f"/{path}"
    return whole.endswith(f"/{ending}.py") or f"/{ending}/" in whole


def _script(view: View, file: FileFacts, one: Import, packages: set[str]) -> Iterator[Finding]:
    specifier = one.module
    if specifier.startswith((".", "/")):
        folder = folder_of(file.path) if specifier.startswith(".") else ""
        path = joined(folder, specifier.partition("?")[0])
        if specifier.startswith("/"):
            found = path is not None and any(f"/{known}".endswith(f"/{path}") for known in view.paths)
        else:
            found = path is not None and any(path + ending in view.paths for ending in _SCRIPT_ENDINGS)
        if not found:
            yield error("import_of_missing_file", f"There is no file {specifier}.", file.path, one.line)
        return
    if specifier.startswith(("node:", "https:", "http:", "data:", "@/", "~/", "#")):
        return
    name = "/".join(specifier.split("/")[: 2 if specifier.startswith("@") else 1])
    if name not in packages and name not in _NODE:
        sentence = f"{name} is no declared dependency; a browser finds modules by relative paths only."
        yield error("import_undeclared", sentence, file.path, one.line)


def _undeclared_in_manifest(view: View) -> Iterator[Finding]:
    """Packages of the contract that the manifest of their ecosystem, written by this step, does not name."""
    for ecosystem, languages in (("python", _PYTHON_MANIFESTS), ("npm", frozenset({"json"}))):
        manifests = [file for file in view.facts if file.language in languages and file.packages]
        if not manifests or view.contract is None:
            continue
        named: set[str] = {normalised(one.name) for file in manifests for one in file.packages}
        for one in view.contract.dependencies:
            if one.ecosystem == ecosystem and normalised(one.name) not in named:
                sentence = f"The contract declares {one.name}, and this file does not name it."
                yield error("dependency_missing", sentence, manifests[0].path)
