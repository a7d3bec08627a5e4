{
  "summary": "§{project}: §{summary}",
  "stack": [
    "§{stack_backend}", "§{stack_database}", "§{stack_frontend}", "§{stack_payments}", "§{stack_docker}"
  ],
  "routes": [
    {
      "method": "GET", "path": "/api/health", "summary": "§{health_summary}",
      "request_example": null, "response_example": {"status": "ok"}, "status": 200
    },
    {
      "method": "GET", "path": "/api/session", "summary": "§{session_summary}",
      "request_example": null, "response_example": {"user": null, "needs_setup": true}, "status": 200
    },
    {
      "method": "POST", "path": "/api/setup", "summary": "§{setup_summary}",
      "request_example": {"name": "§{example_admin_name}", "email": "marta@example.com", "password": "una-frase-larga"},
      "response_example": {"id": 1, "name": "§{example_admin_name}", "email": "marta@example.com"}, "status": 201
    },
    {
      "method": "POST", "path": "/api/login", "summary": "§{login_summary}",
      "request_example": {"email": "marta@example.com", "password": "una-frase-larga"},
      "response_example": {"id": 1, "name": "§{example_admin_name}", "email": "marta@example.com"}, "status": 200
    },
    {
      "method": "GET", "path": "/api/products", "summary": "§{route_products}",
      "request_example": null,
      "response_example": {
        "products": [
          {
            "id": 1, "name": "§{product_1}", "description": "§{product_1_text}", "price_cents": 1250, "stock": 40,
            "stars": 4.5, "reviews": 2
          },
          {
            "id": 2, "name": "§{product_2}", "description": "§{product_2_text}", "price_cents": 3990, "stock": 12,
            "stars": 5.0, "reviews": 1
          },
          {
            "id": 3, "name": "§{product_3}", "description": "§{product_3_text}", "price_cents": 1400, "stock": 25,
            "stars": null, "reviews": 0
          }
        ]
      },
      "status": 200
    },
    {
      "method": "POST", "path": "/api/products", "summary": "§{route_product_create}",
      "request_example": {
        "name": "§{product_new}", "description": "§{product_new_text}", "price_cents": 2200, "stock": 10
      },
      "response_example": {
        "id": 7, "name": "§{product_new}", "description": "§{product_new_text}", "price_cents": 2200, "stock": 10,
        "stars": null, "reviews": 0
      },
      "status": 201
    },
    {
      "method": "GET", "path": "/api/products/{product_id}", "summary": "§{route_product}",
      "request_example": null,
      "response_example": {
        "id": 1, "name": "§{product_1}", "description": "§{product_1_text}", "price_cents": 1250, "stock": 40,
        "stars": 4.5, "reviews": 2
      },
      "status": 200
    },
    {
      "method": "PUT", "path": "/api/products/{product_id}", "summary": "§{route_product_update}",
      "request_example": {
        "name": "§{product_1}", "description": "§{product_1_text}", "price_cents": 1290, "stock": 38
      },
      "response_example": {
        "id": 1, "name": "§{product_1}", "description": "§{product_1_text}", "price_cents": 1290, "stock": 38,
        "stars": 4.5, "reviews": 2
      },
      "status": 200
    },
    {
      "method": "GET", "path": "/api/products/{product_id}/reviews", "summary": "§{route_reviews}",
      "request_example": null,
      "response_example": {
        "product_id": 1,
        "reviews": [
          {
            "id": 2, "product_id": 1, "author": "Noa", "stars": 4, "comment": "§{review_2}",
            "written_at": "2026-01-04T18:20:00+00:00"
          },
          {
            "id": 1, "product_id": 1, "author": "Iván", "stars": 5, "comment": "§{review_1}",
            "written_at": "2026-01-03T09:00:00+00:00"
          }
        ]
      },
      "status": 200
    },
    {
      "method": "POST", "path": "/api/products/{product_id}/reviews", "summary": "§{route_review_create}",
      "request_example": {"author": "§{example_customer}", "stars": 5, "comment": "§{review_new}"},
      "response_example": {
        "id": 4, "product_id": 1, "author": "§{example_customer}", "stars": 5, "comment": "§{review_new}",
        "written_at": "2026-01-15T10:30:00+00:00"
      },
      "status": 201
    },
    {
      "method": "POST", "path": "/api/orders", "summary": "§{route_order_create}",
      "request_example": {
        "customer": "§{example_customer}", "email": "lucia@example.com",
        "lines": [{"product_id": 1, "quantity": 2}, {"product_id": 2, "quantity": 1}]
      },
      "response_example": {
        "reference": "k3x9Zq7LrT2w", "customer": "§{example_customer}", "state": "pending", "total_cents": 6490,
        "payment_url": null, "ordered_at": "2026-01-15T10:31:00+00:00",
        "lines": [
          {"product_id": 1, "name": "§{product_1}", "quantity": 2, "price_cents": 1250},
          {"product_id": 2, "name": "§{product_2}", "quantity": 1, "price_cents": 3990}
        ]
      },
      "status": 201
    },
    {
      "method": "GET", "path": "/api/orders/{reference}", "summary": "§{route_order}",
      "request_example": null,
      "response_example": {
        "reference": "demo", "customer": "§{example_customer}", "state": "pending", "total_cents": 1400,
        "payment_url": null, "ordered_at": "2026-01-05T12:00:00+00:00",
        "lines": [{"product_id": 3, "name": "§{product_3}", "quantity": 1, "price_cents": 1400}]
      },
      "status": 200
    },
    {
      "method": "GET", "path": "/api/orders", "summary": "§{route_orders}",
      "request_example": null,
      "response_example": {
        "orders": [
          {
            "reference": "demo", "customer": "§{example_customer}", "state": "pending", "total_cents": 1400,
            "payment_url": null, "ordered_at": "2026-01-05T12:00:00+00:00",
            "lines": [{"product_id": 3, "name": "§{product_3}", "quantity": 1, "price_cents": 1400}]
          }
        ]
      },
      "status": 200
    },
    {
      "method": "PUT", "path": "/api/orders/{reference}", "summary": "§{route_order_update}",
      "request_example": {"state": "sent"},
      "response_example": {
        "reference": "demo", "customer": "§{example_customer}", "state": "sent", "total_cents": 1400,
        "payment_url": null, "ordered_at": "2026-01-05T12:00:00+00:00",
        "lines": [{"product_id": 3, "name": "§{product_3}", "quantity": 1, "price_cents": 1400}]
      },
      "status": 200
    },
    {
      "method": "DELETE", "path": "/api/products/{product_id}", "summary": "§{route_product_delete}",
      "request_example": null, "response_example": {"id": 1, "deleted": true}, "status": 200
    },
    {
      "method": "POST", "path": "/api/logout", "summary": "§{logout_summary}",
      "request_example": null, "response_example": {"signed_out": true}, "status": 200
    }
  ],
  "env": [
    {"name": "DATABASE_PATH", "purpose": "§{env_database_path}", "example": "/data/app.db", "secret": false},
    {"name": "PORT", "purpose": "§{env_port}", "example": "8000", "secret": false},
    {"name": "COOKIE_SECURE", "purpose": "§{env_cookie_secure}", "example": "0", "secret": false},
    {"name": "PUBLIC_URL", "purpose": "§{env_public_url}", "example": "http://127.0.0.1:8000", "secret": false},
    {"name": "STRIPE_SECRET_KEY", "purpose": "§{env_stripe_key}", "example": "", "secret": true},
    {"name": "STRIPE_API_URL", "purpose": "§{env_stripe_url}", "example": "https://api.stripe.com", "secret": false}
  ],
  "dependencies": [
    {"name": "fastapi", "ecosystem": "python", "version": ">=0.115"},
    {"name": "pydantic", "ecosystem": "python", "version": ">=2.9"},
    {"name": "uvicorn", "ecosystem": "python", "version": ">=0.30"}
  ],
  "data_model": [
    {
      "entity": "product",
      "fields": [
        {"name": "id", "type": "INTEGER", "required": true},
        {"name": "name", "type": "TEXT", "required": true},
        {"name": "description", "type": "TEXT", "required": true},
        {"name": "price_cents", "type": "INTEGER", "required": true},
        {"name": "stock", "type": "INTEGER", "required": true}
      ]
    },
    {
      "entity": "review",
      "fields": [
        {"name": "id", "type": "INTEGER", "required": true},
        {"name": "product_id", "type": "INTEGER", "required": true},
        {"name": "author", "type": "TEXT", "required": true},
        {"name": "stars", "type": "INTEGER", "required": true},
        {"name": "comment", "type": "TEXT", "required": true},
        {"name": "written_at", "type": "TEXT", "required": true}
      ]
    },
    {
      "entity": "order",
      "fields": [
        {"name": "reference", "type": "TEXT", "required": true},
        {"name": "customer", "type": "TEXT", "required": true},
        {"name": "email", "type": "TEXT", "required": true},
        {"name": "state", "type": "TEXT", "required": true},
        {"name": "payment_session", "type": "TEXT", "required": false},
        {"name": "payment_url", "type": "TEXT", "required": false},
        {"name": "ordered_at", "type": "TEXT", "required": true}
      ]
    },
    {
      "entity": "order_line",
      "fields": [
        {"name": "order_reference", "type": "TEXT", "required": true},
        {"name": "product_id", "type": "INTEGER", "required": false},
        {"name": "name", "type": "TEXT", "required": true},
        {"name": "quantity", "type": "INTEGER", "required": true},
        {"name": "price_cents", "type": "INTEGER", "required": true}
      ]
    },
    {
      "entity": "user",
      "fields": [
        {"name": "id", "type": "INTEGER", "required": true},
        {"name": "name", "type": "TEXT", "required": true},
        {"name": "email", "type": "TEXT", "required": true},
        {"name": "salt", "type": "BLOB", "required": true},
        {"name": "password_hash", "type": "BLOB", "required": true}
      ]
    },
    {
      "entity": "session",
      "fields": [
        {"name": "token_hash", "type": "BLOB", "required": true},
        {"name": "user_id", "type": "INTEGER", "required": true},
        {"name": "expires_at", "type": "TEXT", "required": true}
      ]
    }
  ],
  "ports": [{"service": "app", "port": 8000}],
  "deviations": ["§{deviation_stripe}"]
}
