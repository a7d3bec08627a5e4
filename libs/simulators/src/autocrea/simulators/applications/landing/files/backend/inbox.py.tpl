"""Shows the received messages in the terminal, the newest first: `python inbox.py`."""

from database import connection, prepare


def main() -> None:
    """Print every message."""
    prepare()
    with connection() as db:
        rows = db.execute("SELECT * FROM messages ORDER BY received_at DESC").fetchall()
    for row in rows:
        print(f"{row['received_at']}  {row['name']} <{row['email']}>  ({row['reference']})")
        print(f"    {row['message']}\n")
    if not rows:
        print("§{inbox_empty}")


if __name__ == "__main__":
    main()
