INSERT INTO messages (reference, name, email, message, state, received_at)
VALUES (
    'demo', '§{seed_name}', 'demo@example.com', '§{seed_message}', 'received', '2026-01-01T09:00:00+00:00'
);
