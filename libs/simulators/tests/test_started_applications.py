"""Every application really runs: its back end answers as the contract's examples say, its pages are served."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import httpx
import pytest
from autocrea.testkit.applications import holds, started, visit_routes
from autocrea.testkit.commands import Process
from generated import Generated, generate
from sources import Page, assert_same_shape
from wishes import APIS, BLOG, MONGODB, PLANTS, WHOLE

Running = tuple[Generated, httpx.Client]


STARTED = WHOLE | APIS


@pytest.fixture(
    scope="module",
    params=[
        # An application's tests are a group, else each worker starts it.
        pytest.param(wish, id=name, marks=pytest.mark.xdist_group(f"application_{name}"))
        for name, wish in STARTED.items()
    ],
)
def running(
    request: pytest.FixtureRequest, process: Process, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Running]:
    with httpx.Client(base_url=process.url, timeout=20) as client:
        generated = generate(client, request.param)
    with started_in(tmp_path_factory.mktemp("application"), generated) as client:
        yield generated, client


def started_in(folder: Path, generated: Generated) -> AbstractContextManager[httpx.Client]:
    return started(generated.write(folder / "application"), folder / "data")


def test_routes_answer_as_their_examples_when_called_in_the_order_of_the_contract(running: Running) -> None:
    generated, client = running
    read_back = 0
    for visit in visit_routes(client, generated.contract):
        where = f"{visit.route['method']} {visit.route['path']}"
        assert_same_shape(visit.route["response_example"], visit.answer, where)
        read_back += visit.read_back
    assert read_back, "nothing that was created could be read"


def test_pages_are_served_when_the_backend_runs(running: Running) -> None:
    generated, client = running
    page = client.get("/")
    if generated.wish.pipeline == "api":
        assert page.status_code == 404
        return
    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/html")
    assert page.headers["x-content-type-options"] == "nosniff"
    assert "default-src 'self'" in page.headers["content-security-policy"]
    assert generated.wish.project in "".join(Page(page.text).text)
    for path, text in generated.by_step["frontend"].items():
        served = client.get(f"/{path.removeprefix('frontend/')}")
        assert served.status_code == 200
        assert served.text == text
    scripts = client.get("/app.js")
    assert "javascript" in scripts.headers["content-type"]


def test_bad_input_is_refused_with_a_sentence(running: Running) -> None:
    generated, client = running
    for route in generated.contract["routes"]:
        if route["method"] == "POST" and route["request_example"]:
            answer = client.post(route["path"], json={"wrong": True})
            assert answer.status_code in (401, 422)
            assert answer.json()["detail"]


def test_data_is_still_there_when_the_backend_starts_again(process: Process, tmp_path: Path) -> None:
    with httpx.Client(base_url=process.url, timeout=20) as client:
        generated = generate(client, PLANTS)
    with started_in(tmp_path, generated) as client:
        route = next(route for route in generated.contract["routes"] if route["method"] == "POST")
        created = client.post(route["path"], json=route["request_example"]).json()
    with started_in(tmp_path, generated) as client:
        assert holds(client.get(route["path"]).json(), created)
        assert len(client.get(route["path"]).json()["plantas"]) == 3


def test_drafts_and_writing_are_kept_from_strangers(process: Process, tmp_path: Path) -> None:
    with httpx.Client(base_url=process.url, timeout=20) as client:
        generated = generate(client, BLOG)
    account = {"name": "Ana", "email": "ana@example.com", "password": "una-frase-larga"}
    post = {"title": "Oculta", "body": "Solo para mí.", "state": "draft"}
    with started_in(tmp_path, generated) as owner, httpx.Client(base_url=owner.base_url) as stranger:
        assert stranger.post("/api/posts", json=post).status_code == 401
        assert stranger.delete("/api/posts/1").status_code == 401
        assert owner.post("/api/setup", json=account).status_code == 201
        assert stranger.post("/api/setup", json=account).status_code == 409
        draft = owner.post("/api/posts", json=post).json()
        assert stranger.get(f"/api/posts/{draft['id']}").status_code == 404
        assert owner.get(f"/api/posts/{draft['id']}").json()["title"] == "Oculta"
        assert all(one["state"] == "published" for one in stranger.get("/api/posts").json()["posts"])
        wrong = stranger.post("/api/login", json=account | {"password": "otra-frase-larga"})
        assert wrong.status_code == 401
        owner.post("/api/logout")
        assert owner.post("/api/posts", json=post).status_code == 401


def test_the_stand_in_says_so_when_mongodb_is_not_configured(process: Process, tmp_path: Path) -> None:
    with httpx.Client(base_url=process.url, timeout=20) as client:
        generated = generate(client, MONGODB)
    assert any("MongoDB" in line for line in generated.contract["stack"])
    assert any("MongoDB" in line for line in generated.contract["deviations"])
    assert "pymongo" in {one["name"] for one in generated.contract["dependencies"]}
    assert "memoria" in generated.files["README.md"]
    with started_in(tmp_path, generated) as client:
        assert client.get("/api/health").json() == {"status": "ok", "store": "memory"}
