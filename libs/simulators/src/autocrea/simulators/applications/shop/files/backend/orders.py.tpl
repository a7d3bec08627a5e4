"""Orders: prices and stock are the server's; whoever knows an order's reference may read it."""

import secrets
import sqlite3
from datetime import UTC, datetime
from typing import Literal

from fastapi import APIRouter, Depends, HTTPException
from pydantic import BaseModel, Field

from accounts import EMAIL_PATTERN, User, signed_in
from database import connection
from payments import create_checkout, is_paid

# Nobody guesses it: 9 random bytes, 12 characters.
REFERENCE_BYTES = 9
LINES_MAX = 50
QUANTITY_MAX = 100

State = Literal["pending", "paid", "sent", "cancelled"]

router = APIRouter()


class NewLine(BaseModel):
    """A product in the cart."""

    product_id: int
    quantity: int = Field(ge=1, le=QUANTITY_MAX)


class NewOrder(BaseModel):
    """What the checkout sends; prices are not taken from it."""

    customer: str = Field(min_length=1, max_length=120)
    email: str = Field(max_length=200, pattern=EMAIL_PATTERN)
    lines: list[NewLine] = Field(min_length=1, max_length=LINES_MAX)


class Line(BaseModel):
    """A line as it was ordered; the product may be gone since."""

    product_id: int | None
    name: str
    quantity: int
    price_cents: int


class Order(BaseModel):
    """An order."""

    reference: str
    customer: str
    state: State
    total_cents: int
    payment_url: str | None
    ordered_at: str
    lines: list[Line]


class OrderList(BaseModel):
    """Orders, the newest first."""

    orders: list[Order]


class OrderState(BaseModel):
    """The state that the administration gives an order."""

    state: State


@router.post("/api/orders", status_code=201)
def create_order(order: NewOrder) -> Order:
    """Place an order: take its products from the stock, then open its payment."""
    reference = secrets.token_urlsafe(REFERENCE_BYTES)
    with connection() as db:
        db.execute(
            "INSERT INTO orders (reference, customer, email, state, ordered_at) VALUES (?, ?, ?, 'pending', ?)",
            (reference, order.customer, order.email, datetime.now(UTC).isoformat(timespec="seconds")),
        )
        for line in order.lines:
            _take(db, reference, line)
        placed = _order(db, reference)
    checkout = create_checkout(reference, [(line.name, line.quantity, line.price_cents) for line in placed.lines])
    if checkout is not None:
        with connection() as db:
            db.execute(
                "UPDATE orders SET payment_session = ?, payment_url = ? WHERE reference = ?",
                (checkout.session, checkout.url, reference),
            )
            placed = _order(db, reference)
    return placed


@router.get("/api/orders")
def list_orders(_: User = Depends(signed_in)) -> OrderList:
    """Every order."""
    with connection() as db:
        rows = db.execute("SELECT reference FROM orders ORDER BY ordered_at DESC").fetchall()
        return OrderList(orders=[_order(db, row["reference"]) for row in rows])


@router.get("/api/orders/{reference}")
def read_order(reference: str) -> Order:
    """One order; a pending one is looked up at the payment service first."""
    with connection() as db:
        row = db.execute("SELECT state, payment_session FROM orders WHERE reference = ?", (reference,)).fetchone()
    if row is not None and row["state"] == "pending" and row["payment_session"] and is_paid(row["payment_session"]):
        with connection() as db:
            db.execute("UPDATE orders SET state = 'paid' WHERE reference = ? AND state = 'pending'", (reference,))
    with connection() as db:
        return _order(db, reference)


@router.put("/api/orders/{reference}")
def update_order(reference: str, change: OrderState, _: User = Depends(signed_in)) -> Order:
    """Give an order another state."""
    with connection() as db:
        db.execute("UPDATE orders SET state = ? WHERE reference = ?", (change.state, reference))
        return _order(db, reference)


def _take(db: sqlite3.Connection, reference: str, line: NewLine) -> None:
    product = db.execute("SELECT * FROM products WHERE id = ?", (line.product_id,)).fetchone()
    if product is None:
        raise HTTPException(404, "§{product_missing}")
    taken = db.execute(
        "UPDATE products SET stock = stock - :quantity WHERE id = :product_id AND stock >= :quantity",
        line.model_dump(),
    ).rowcount
    if not taken:
        raise HTTPException(409, "§{product_short} " + product["name"] + ".")
    db.execute(
        "INSERT INTO order_lines (order_reference, product_id, name, quantity, price_cents) VALUES (?, ?, ?, ?, ?)",
        (reference, product["id"], product["name"], line.quantity, product["price_cents"]),
    )


def _order(db: sqlite3.Connection, reference: str) -> Order:
    row = db.execute("SELECT * FROM orders WHERE reference = ?", (reference,)).fetchone()
    if row is None:
        raise HTTPException(404, "§{order_missing}")
    found = db.execute("SELECT * FROM order_lines WHERE order_reference = ? ORDER BY rowid", (reference,)).fetchall()
    lines = [Line(**line) for line in found]
    total = sum(line.quantity * line.price_cents for line in lines)
    return Order(**row, total_cents=total, lines=lines)
