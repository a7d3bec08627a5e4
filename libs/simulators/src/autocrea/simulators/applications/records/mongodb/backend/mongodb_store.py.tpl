"""Records in MongoDB: one collection per entity, the id as a string in `_id`."""

import secrets
from typing import Any

from pymongo import DESCENDING, MongoClient, ReturnDocument

ID_BYTES = 12
# A wrong address shall show at the start, not after the driver's thirty seconds.
CONNECT_MILLISECONDS = 5000

Record = dict[str, Any]


class MongoDBStore:
    """Collections of one database."""

    name = "mongodb"

    def __init__(self, url: str, database: str) -> None:
        self._database = MongoClient(url, serverSelectionTimeoutMS=CONNECT_MILLISECONDS)[database]

    def all(self, collection: str) -> list[Record]:
        """Every record, the newest first."""
        return [_shown(document) for document in self._database[collection].find().sort("$natural", DESCENDING)]

    def find(self, collection: str, record_id: str) -> Record | None:
        """The record of this id."""
        document = self._database[collection].find_one({"_id": record_id})
        return None if document is None else _shown(document)

    def insert(self, collection: str, values: Record, record_id: str | None = None) -> Record:
        """Store a new record, under a new id unless one is given."""
        document = {"_id": record_id or secrets.token_hex(ID_BYTES), **values}
        self._database[collection].insert_one(document)
        return _shown(document)

    def replace(self, collection: str, record_id: str, values: Record) -> Record | None:
        """Replace a record."""
        document = self._database[collection].find_one_and_replace(
            {"_id": record_id}, dict(values), return_document=ReturnDocument.AFTER
        )
        return None if document is None else _shown(document)

    def delete(self, collection: str, record_id: str) -> bool:
        """Delete a record; says whether it was there."""
        return self._database[collection].delete_one({"_id": record_id}).deleted_count == 1


def _shown(document: Record) -> Record:
    return {"id": document["_id"]} | {key: value for key, value in document.items() if key != "_id"}
