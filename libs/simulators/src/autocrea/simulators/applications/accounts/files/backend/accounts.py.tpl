"""Accounts and sessions: passwords are stored with scrypt, sessions as hashes of random tokens."""

import hashlib
import hmac
import os
import secrets
import sqlite3
from datetime import UTC, datetime, timedelta

from fastapi import Cookie, HTTPException, Response
from pydantic import BaseModel, Field

from database import connection

SESSION_COOKIE = "session"
SESSION_LIFETIME = timedelta(days=7)
COOKIE_SECURE = os.environ.get("COOKIE_SECURE") == "1"
EMAIL_PATTERN = r"^[^@\s]+@[^@\s]+\.[^@\s]+$"
# 16 MiB of memory for each guess.
SCRYPT = {"n": 2**14, "r": 8, "p": 1}


class Credentials(BaseModel):
    """What signing in takes."""

    email: str = Field(max_length=200, pattern=EMAIL_PATTERN)
    password: str = Field(min_length=10, max_length=200)


class NewAccount(Credentials):
    """What the first account takes."""

    name: str = Field(min_length=1, max_length=100)


class User(BaseModel):
    """A person who is signed in."""

    id: int
    name: str
    email: str


def hash_password(password: str, salt: bytes) -> bytes:
    """The scrypt hash of a password."""
    return hashlib.scrypt(password.encode(), salt=salt, **SCRYPT)


def create_account(account: NewAccount) -> User:
    """Create the one account; 409 if there is one."""
    salt = secrets.token_bytes(16)
    with connection() as db:
        if db.execute("SELECT 1 FROM users").fetchone():
            raise HTTPException(409, "§{setup_done}")
        row = db.execute(
            "INSERT INTO users (name, email, salt, password_hash) VALUES (?, ?, ?, ?) RETURNING id",
            (account.name, account.email, salt, hash_password(account.password, salt)),
        ).fetchone()
    return User(id=row["id"], name=account.name, email=account.email)


def authenticate(credentials: Credentials) -> User:
    """The user with these credentials; 401 if there is none."""
    with connection() as db:
        row = db.execute("SELECT * FROM users WHERE email = ?", (credentials.email,)).fetchone()
    # The same work for an unknown e-mail, so that the time taken does not tell which ones exist.
    salt, expected = (row["salt"], row["password_hash"]) if row else (bytes(16), bytes(64))
    if not hmac.compare_digest(hash_password(credentials.password, salt), expected) or row is None:
        raise HTTPException(401, "§{login_wrong}")
    return User(id=row["id"], name=row["name"], email=row["email"])


def start_session(user: User, response: Response) -> None:
    """Open a session and send its cookie."""
    token = secrets.token_urlsafe(32)
    now = datetime.now(UTC)
    with connection() as db:
        db.execute("DELETE FROM sessions WHERE expires_at < ?", (now.isoformat(),))
        db.execute(
            "INSERT INTO sessions (token_hash, user_id, expires_at) VALUES (?, ?, ?)",
            (_token_hash(token), user.id, (now + SESSION_LIFETIME).isoformat()),
        )
    response.set_cookie(
        SESSION_COOKIE,
        token,
        max_age=int(SESSION_LIFETIME.total_seconds()),
        httponly=True,
        samesite="strict",
        secure=COOKIE_SECURE,
    )


def end_session(token: str | None, response: Response) -> None:
    """Close the session of this token, if there is one."""
    with connection() as db:
        db.execute("DELETE FROM sessions WHERE token_hash = ?", (_token_hash(token or ""),))
    response.delete_cookie(SESSION_COOKIE)


def session_user(session: str | None = Cookie(default=None)) -> User | None:
    """The user whose session cookie came with the request."""
    with connection() as db:
        row: sqlite3.Row | None = db.execute(
            "SELECT users.id, users.name, users.email FROM sessions JOIN users ON users.id = sessions.user_id "
            "WHERE token_hash = ? AND expires_at > ?",
            (_token_hash(session or ""), datetime.now(UTC).isoformat()),
        ).fetchone()
    return User(**row) if row else None


def signed_in(session: str | None = Cookie(default=None)) -> User:
    """As `session_user`; 401 if nobody is signed in."""
    user = session_user(session)
    if user is None:
        raise HTTPException(401, "§{login_needed}")
    return user


def _token_hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
