"""Routes that create the administrator's account and begin and end sessions."""

from fastapi import APIRouter, Cookie, Depends, Response
from pydantic import BaseModel

from accounts import (
    Credentials,
    NewAccount,
    User,
    authenticate,
    create_account,
    end_session,
    session_user,
    start_session,
)
from database import connection

router = APIRouter()


class Session(BaseModel):
    """Who is signed in, and whether the first account is still to be created."""

    user: User | None
    needs_setup: bool


@router.get("/api/session")
def read_session(user: User | None = Depends(session_user)) -> Session:
    """The current session."""
    with connection() as db:
        exists = db.execute("SELECT 1 FROM users").fetchone()
    return Session(user=user, needs_setup=exists is None)


@router.post("/api/setup", status_code=201)
def set_up(account: NewAccount, response: Response) -> User:
    """Create the administrator's account and sign in."""
    user = create_account(account)
    start_session(user, response)
    return user


@router.post("/api/login")
def log_in(credentials: Credentials, response: Response) -> User:
    """Sign in."""
    user = authenticate(credentials)
    start_session(user, response)
    return user


@router.post("/api/logout")
def log_out(response: Response, session: str | None = Cookie(default=None)) -> dict[str, bool]:
    """Sign out."""
    end_session(session, response)
    return {"signed_out": True}
