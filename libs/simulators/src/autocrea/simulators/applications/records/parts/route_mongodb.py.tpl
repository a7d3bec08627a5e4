"""Routes of §{plural}."""

from fastapi import APIRouter, HTTPException

from models import §{model_names}
from store import store

router = APIRouter()


@router.get("/api/§{plural}")
def list_§{plural}() -> §{class}List:
    """Every record, the newest first."""
    return §{class}List(§{plural}=[Stored§{class}(**record) for record in store.all("§{plural}")])


@router.post("/api/§{plural}", status_code=201)
def create_§{name}(record: §{class}) -> Stored§{class}:
    """Create a record."""
    return Stored§{class}(**store.insert("§{plural}", record.model_dump(mode="json")))


@router.get("/api/§{plural}/{§{name}_id}")
def read_§{name}(§{name}_id: str) -> Stored§{class}:
    """One record."""
    record = store.find("§{plural}", §{name}_id)
    if record is None:
        raise HTTPException(404, "§{missing_record}")
    return Stored§{class}(**record)


@router.put("/api/§{plural}/{§{name}_id}")
def update_§{name}(§{name}_id: str, record: §{class}) -> Stored§{class}:
    """Replace a record."""
    replaced = store.replace("§{plural}", §{name}_id, record.model_dump(mode="json"))
    if replaced is None:
        raise HTTPException(404, "§{missing_record}")
    return Stored§{class}(**replaced)


@router.delete("/api/§{plural}/{§{name}_id}")
def delete_§{name}(§{name}_id: str) -> dict[str, str | bool]:
    """Delete a record."""
    if not store.delete("§{plural}", §{name}_id):
        raise HTTPException(404, "§{missing_record}")
    return {"id": §{name}_id, "deleted": True}
