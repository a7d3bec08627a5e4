CREATE TABLE metrics (
    metric TEXT PRIMARY KEY,
    position INTEGER NOT NULL,
    label TEXT NOT NULL,
    unit TEXT NOT NULL,
    usual_low REAL NOT NULL,
    usual_high REAL NOT NULL
);

CREATE TABLE readings (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    metric TEXT NOT NULL REFERENCES metrics (metric),
    value REAL NOT NULL,
    measured_at TEXT NOT NULL
);

CREATE INDEX readings_by_metric ON readings (metric, id);
