"""A release is the same bytes whoever builds it, nothing but its package, under licences that were decided on."""

import importlib.util
import sys
import zipfile
from io import BytesIO
from pathlib import Path
from types import ModuleType

import pytest
from deploy_rules.manifests import ROOT

CONTRACTS = "autocrea-contracts"


@pytest.fixture(scope="module")
def release() -> ModuleType:
    sys.path.insert(0, str(ROOT / "deploy"))  # as where it is run: its neighbour is found
    spec = importlib.util.spec_from_file_location("release", ROOT / "deploy" / "release.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_bytes_are_the_same_when_a_wheel_is_built_twice(release: ModuleType, tmp_path: Path) -> None:
    first, second = (release.build(tmp_path / name, [CONTRACTS]) for name in ("here", "and-elsewhere"))
    ((name, content),) = first.items()
    assert first == second
    names = [one.filename for one in zipfile.ZipFile(BytesIO(content)).infolist() if not one.is_dir()]
    assert name.startswith("autocrea_contracts-")
    assert all(path.startswith(("autocrea/contracts/", "autocrea_contracts-")) for path in names)
    assert "autocrea/contracts/golden/billing.tokens_reserved.v1.json" in names


def test_every_licence_is_named_when_the_product_is_released(release: ModuleType) -> None:
    text = release.licences(release._requirements(), release.page_packages.shipped())
    for name in ("pydantic", "aio-pika", "asyncpg", "stripe", "uvicorn"):
        assert f"\n| {name} | " in text
    for name in ("react", "scheduler", "@codemirror/view", "@base-ui/react", "lucide-react", "tailwindcss"):
        assert f"\n| {name} | " in text
    for name in ("vite", "vitest", "typescript", "@types/react", "@biomejs/biome"):
        assert f"\n| {name} | " not in text


def test_a_release_is_stopped_when_a_licence_is_not_decided_on(
    release: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(release.STATED_ELSEWHERE, "pydantic", "AGPL-3.0")
    with pytest.raises(SystemExit, match="pydantic"):
        release.licences(["pydantic"], [])
    with pytest.raises(SystemExit, match="a-widget"):
        release.licences([], [("a-widget", "1.0.0", "GPL-3.0-only")])
