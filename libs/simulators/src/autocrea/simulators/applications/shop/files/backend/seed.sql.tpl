INSERT INTO products (name, description, price_cents, stock)
VALUES
    ('§{product_1}', '§{product_1_text}', 1250, 40),
    ('§{product_2}', '§{product_2_text}', 3990, 12),
    ('§{product_3}', '§{product_3_text}', 1400, 25),
    ('§{product_4}', '§{product_4_text}', 2490, 18),
    ('§{product_5}', '§{product_5_text}', 2190, 30),
    ('§{product_6}', '§{product_6_text}', 6900, 0);

INSERT INTO reviews (product_id, author, stars, comment, written_at)
VALUES
    (1, 'Iván', 5, '§{review_1}', '2026-01-03T09:00:00+00:00'),
    (1, 'Noa', 4, '§{review_2}', '2026-01-04T18:20:00+00:00'),
    (2, 'Sara', 5, '§{review_3}', '2026-01-05T11:45:00+00:00');

INSERT INTO orders (reference, customer, email, state, ordered_at)
VALUES ('demo', '§{example_customer}', 'demo@example.com', 'pending', '2026-01-05T12:00:00+00:00');

INSERT INTO order_lines (order_reference, product_id, name, quantity, price_cents)
VALUES ('demo', 3, '§{product_3}', 1, 1400);
