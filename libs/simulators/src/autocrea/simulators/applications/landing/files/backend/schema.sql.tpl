CREATE TABLE messages (
    reference TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    email TEXT NOT NULL,
    message TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('received', 'answered')),
    received_at TEXT NOT NULL
);
