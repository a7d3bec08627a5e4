"""Messages of the contact form: anybody may leave one and look up the state of their own."""

import secrets
from datetime import UTC, datetime

from fastapi import APIRouter, HTTPException
from pydantic import BaseModel, Field

from database import connection

# Nobody guesses it: 9 random bytes, 12 characters.
REFERENCE_BYTES = 9

router = APIRouter()


class NewMessage(BaseModel):
    """What the form sends."""

    name: str = Field(min_length=1, max_length=100)
    email: str = Field(max_length=200, pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$")
    message: str = Field(min_length=10, max_length=5000)


class Receipt(BaseModel):
    """What the sender may know afterwards; not the message itself."""

    reference: str
    name: str
    state: str
    received_at: str


@router.post("/api/messages", status_code=201)
def create_message(message: NewMessage) -> Receipt:
    """Store a message."""
    receipt = Receipt(
        reference=secrets.token_urlsafe(REFERENCE_BYTES),
        name=message.name,
        state="received",
        received_at=datetime.now(UTC).isoformat(timespec="seconds"),
    )
    with connection() as db:
        db.execute(
            "INSERT INTO messages (reference, name, email, message, state, received_at) "
            "VALUES (:reference, :name, :email, :message, :state, :received_at)",
            message.model_dump() | receipt.model_dump(),
        )
    return receipt


@router.get("/api/messages/{reference}")
def read_message(reference: str) -> Receipt:
    """The state of a message."""
    with connection() as db:
        row = db.execute(
            "SELECT reference, name, state, received_at FROM messages WHERE reference = ?", (reference,)
        ).fetchone()
    if row is None:
        raise HTTPException(404, "§{reference_unknown}")
    return Receipt(**row)
