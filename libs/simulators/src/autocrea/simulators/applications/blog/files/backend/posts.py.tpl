"""Posts: everybody reads what is published; whoever is signed in writes."""

import sqlite3
from datetime import UTC, datetime
from typing import Literal

from fastapi import APIRouter, Depends, HTTPException
from pydantic import BaseModel, Field

from accounts import User, session_user, signed_in
from database import connection

EXCERPT_CHARACTERS = 180

router = APIRouter()


class PostContent(BaseModel):
    """What the editor sends."""

    title: str = Field(min_length=1, max_length=200)
    body: str = Field(min_length=1, max_length=50_000)
    state: Literal["draft", "published"] = "draft"


class PostSummary(BaseModel):
    """A post in the list."""

    id: int
    title: str
    excerpt: str
    state: str
    author: str
    updated_at: str


class Post(PostSummary):
    """A whole post."""

    body: str


class PostList(BaseModel):
    """Posts, the newest first."""

    posts: list[PostSummary]


@router.get("/api/posts")
def list_posts(user: User | None = Depends(session_user)) -> PostList:
    """Published posts; drafts too for whoever is signed in."""
    with connection() as db:
        rows = db.execute(
            "SELECT * FROM posts WHERE state = 'published' OR ? ORDER BY updated_at DESC, id DESC", (user is not None,)
        ).fetchall()
    return PostList(posts=[PostSummary(**_with_excerpt(row)) for row in rows])


@router.post("/api/posts", status_code=201)
def create_post(content: PostContent, user: User = Depends(signed_in)) -> Post:
    """Write a post."""
    with connection() as db:
        row = db.execute(
            "INSERT INTO posts (title, body, state, author, updated_at) "
            "VALUES (:title, :body, :state, :author, :updated_at) RETURNING *",
            content.model_dump() | {"author": user.name, "updated_at": _now()},
        ).fetchone()
    return Post(**_with_excerpt(row))


@router.get("/api/posts/{post_id}")
def read_post(post_id: int, user: User | None = Depends(session_user)) -> Post:
    """A post; a draft exists only for whoever is signed in."""
    with connection() as db:
        row = db.execute("SELECT * FROM posts WHERE id = ?", (post_id,)).fetchone()
    if row is None or (row["state"] == "draft" and user is None):
        raise HTTPException(404, "§{post_missing}")
    return Post(**_with_excerpt(row))


@router.put("/api/posts/{post_id}")
def update_post(post_id: int, content: PostContent, _: User = Depends(signed_in)) -> Post:
    """Change a post."""
    with connection() as db:
        row = db.execute(
            "UPDATE posts SET title = :title, body = :body, state = :state, updated_at = :updated_at "
            "WHERE id = :id RETURNING *",
            content.model_dump() | {"id": post_id, "updated_at": _now()},
        ).fetchone()
    if row is None:
        raise HTTPException(404, "§{post_missing}")
    return Post(**_with_excerpt(row))


@router.delete("/api/posts/{post_id}")
def delete_post(post_id: int, _: User = Depends(signed_in)) -> dict[str, int | bool]:
    """Delete a post."""
    with connection() as db:
        deleted = db.execute("DELETE FROM posts WHERE id = ?", (post_id,)).rowcount
    if not deleted:
        raise HTTPException(404, "§{post_missing}")
    return {"id": post_id, "deleted": True}


def _with_excerpt(row: sqlite3.Row) -> dict[str, object]:
    text = " ".join(row["body"].split())
    short = text if len(text) <= EXCERPT_CHARACTERS else text[: EXCERPT_CHARACTERS - 1].rstrip() + "…"
    return {**row, "excerpt": short}


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
