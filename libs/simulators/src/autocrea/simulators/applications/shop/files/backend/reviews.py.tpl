"""Reviews of products."""

from datetime import UTC, datetime

from fastapi import APIRouter
from pydantic import BaseModel, Field

from database import connection
from products import read_product

router = APIRouter()


class NewReview(BaseModel):
    """What a visitor sends."""

    author: str = Field(min_length=1, max_length=80)
    stars: int = Field(ge=1, le=5)
    comment: str = Field(default="", max_length=2000)


class Review(NewReview):
    """A published review."""

    id: int
    product_id: int
    written_at: str


class ReviewList(BaseModel):
    """The reviews of a product, the newest first."""

    product_id: int
    reviews: list[Review]


@router.get("/api/products/{product_id}/reviews")
def list_reviews(product_id: int) -> ReviewList:
    """The reviews of a product."""
    read_product(product_id)
    with connection() as db:
        rows = db.execute("SELECT * FROM reviews WHERE product_id = ? ORDER BY id DESC", (product_id,)).fetchall()
    return ReviewList(product_id=product_id, reviews=[Review(**row) for row in rows])


@router.post("/api/products/{product_id}/reviews", status_code=201)
def create_review(product_id: int, review: NewReview) -> Review:
    """Publish a review."""
    read_product(product_id)
    values = review.model_dump() | {
        "product_id": product_id,
        "written_at": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    with connection() as db:
        row = db.execute(
            "INSERT INTO reviews (product_id, author, stars, comment, written_at) "
            "VALUES (:product_id, :author, :stars, :comment, :written_at) RETURNING *",
            values,
        ).fetchone()
    return Review(**row)
