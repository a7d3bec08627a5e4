INSERT INTO posts (title, body, state, author, updated_at)
VALUES
    ('§{seed_1_title}', '§{seed_1_excerpt}', 'published', '§{project}', '2026-01-03T09:00:00+00:00'),
    ('§{seed_2_title}', '§{seed_2_body}', 'published', '§{project}', '2026-01-02T09:00:00+00:00'),
    ('§{seed_3_title}', '§{seed_3_body}', 'draft', '§{project}', '2026-01-01T09:00:00+00:00');
