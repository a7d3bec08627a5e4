"""Routes of §{plural}."""

from fastapi import APIRouter, HTTPException

from database import connection
from models import §{model_names}

router = APIRouter()


@router.get("/api/§{plural}")
def list_§{plural}() -> §{class}List:
    """Every record, the newest first."""
    with connection() as db:
        rows = db.execute("SELECT * FROM §{plural} ORDER BY id DESC").fetchall()
    return §{class}List(§{plural}=[Stored§{class}(**row) for row in rows])


@router.post("/api/§{plural}", status_code=201)
def create_§{name}(record: §{class}) -> Stored§{class}:
    """Create a record."""
    with connection() as db:
        row = db.execute(
            """
            INSERT INTO §{plural} (§{columns})
            VALUES (§{placeholders})
            RETURNING *
            """,
            record.model_dump(mode="json"),
        ).fetchone()
    return Stored§{class}(**row)


@router.get("/api/§{plural}/{§{name}_id}")
def read_§{name}(§{name}_id: int) -> Stored§{class}:
    """One record."""
    with connection() as db:
        row = db.execute("SELECT * FROM §{plural} WHERE id = ?", (§{name}_id,)).fetchone()
    if row is None:
        raise HTTPException(404, "§{missing_record}")
    return Stored§{class}(**row)


@router.put("/api/§{plural}/{§{name}_id}")
def update_§{name}(§{name}_id: int, record: §{class}) -> Stored§{class}:
    """Replace a record."""
    with connection() as db:
        row = db.execute(
            """
            UPDATE §{plural}
            SET §{assignments}
            WHERE id = :id
            RETURNING *
            """,
            record.model_dump(mode="json") | {"id": §{name}_id},
        ).fetchone()
    if row is None:
        raise HTTPException(404, "§{missing_record}")
    return Stored§{class}(**row)


@router.delete("/api/§{plural}/{§{name}_id}")
def delete_§{name}(§{name}_id: int) -> dict[str, int | bool]:
    """Delete a record, and what belongs to it."""
    with connection() as db:
        deleted = db.execute("DELETE FROM §{plural} WHERE id = ?", (§{name}_id,)).rowcount
    if not deleted:
        raise HTTPException(404, "§{missing_record}")
    return {"id": §{name}_id, "deleted": True}
