"""The catalogue: everybody reads it, whoever is signed in changes it."""

from fastapi import APIRouter, Depends, HTTPException
from pydantic import BaseModel, Field

from accounts import User, signed_in
from database import connection

PRICE_CENTS_MAX = 100_000_000
STOCK_MAX = 1_000_000

router = APIRouter()


class ProductContent(BaseModel):
    """What the administration sends."""

    name: str = Field(min_length=1, max_length=120)
    description: str = Field(default="", max_length=2000)
    price_cents: int = Field(ge=0, le=PRICE_CENTS_MAX)
    stock: int = Field(ge=0, le=STOCK_MAX)


class Product(ProductContent):
    """A product with its average rating, null without reviews."""

    id: int
    stars: float | None
    reviews: int


class ProductList(BaseModel):
    """The catalogue."""

    products: list[Product]


@router.get("/api/products")
def list_products() -> ProductList:
    """Every product."""
    with connection() as db:
        rows = db.execute("SELECT * FROM rated_products ORDER BY id").fetchall()
    return ProductList(products=[Product(**row) for row in rows])


@router.post("/api/products", status_code=201)
def create_product(content: ProductContent, _: User = Depends(signed_in)) -> Product:
    """Add a product."""
    with connection() as db:
        row = db.execute(
            "INSERT INTO products (name, description, price_cents, stock) "
            "VALUES (:name, :description, :price_cents, :stock) RETURNING id",
            content.model_dump(),
        ).fetchone()
    return read_product(row["id"])


@router.get("/api/products/{product_id}")
def read_product(product_id: int) -> Product:
    """One product."""
    with connection() as db:
        row = db.execute("SELECT * FROM rated_products WHERE id = ?", (product_id,)).fetchone()
    if row is None:
        raise HTTPException(404, "§{product_missing}")
    return Product(**row)


@router.put("/api/products/{product_id}")
def update_product(product_id: int, content: ProductContent, _: User = Depends(signed_in)) -> Product:
    """Change a product."""
    with connection() as db:
        db.execute(
            "UPDATE products SET name = :name, description = :description, price_cents = :price_cents, "
            "stock = :stock WHERE id = :id",
            content.model_dump() | {"id": product_id},
        )
    return read_product(product_id)


@router.delete("/api/products/{product_id}")
def delete_product(product_id: int, _: User = Depends(signed_in)) -> dict[str, int | bool]:
    """Delete a product and its reviews; orders keep its name and price."""
    with connection() as db:
        deleted = db.execute("DELETE FROM products WHERE id = ?", (product_id,)).rowcount
    if not deleted:
        raise HTTPException(404, "§{product_missing}")
    return {"id": product_id, "deleted": True}
