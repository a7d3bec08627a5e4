INSERT INTO metrics (metric, position, label, unit, usual_low, usual_high)
VALUES
    ('visits', 1, '§{metric_visits}', '§{unit_visits}', 80, 180),
    ('sales', 2, '§{metric_sales}', '€', 200, 480),
    ('latency', 3, '§{metric_latency}', 'ms', 60, 240),
    ('errors', 4, '§{metric_errors}', '%', 0, 4);
