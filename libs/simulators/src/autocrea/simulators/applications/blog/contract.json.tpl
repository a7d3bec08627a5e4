{
  "summary": "§{project}: §{summary}",
  "stack": ["§{stack_backend}", "§{stack_database}", "§{stack_frontend}", "§{stack_docker}"],
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
      "method": "GET", "path": "/api/posts", "summary": "§{route_list}",
      "request_example": null,
      "response_example": {
        "posts": [
          {
            "id": 1, "title": "§{seed_1_title}", "excerpt": "§{seed_1_excerpt}", "state": "published",
            "author": "§{project}", "updated_at": "2026-01-03T09:00:00+00:00"
          }
        ]
      },
      "status": 200
    },
    {
      "method": "POST", "path": "/api/posts", "summary": "§{route_create}",
      "request_example": {"title": "§{example_title}", "body": "§{example_body}", "state": "published"},
      "response_example": {
        "id": 4, "title": "§{example_title}", "excerpt": "§{example_body}", "state": "published",
        "author": "§{example_admin_name}", "updated_at": "2026-01-15T10:30:00+00:00", "body": "§{example_body}"
      },
      "status": 201
    },
    {
      "method": "GET", "path": "/api/posts/{post_id}", "summary": "§{route_read}",
      "request_example": null,
      "response_example": {
        "id": 1, "title": "§{seed_1_title}", "excerpt": "§{seed_1_excerpt}", "state": "published",
        "author": "§{project}", "updated_at": "2026-01-03T09:00:00+00:00", "body": "§{seed_1_excerpt}"
      },
      "status": 200
    },
    {
      "method": "PUT", "path": "/api/posts/{post_id}", "summary": "§{route_update}",
      "request_example": {"title": "§{example_title}", "body": "§{example_body}", "state": "draft"},
      "response_example": {
        "id": 1, "title": "§{example_title}", "excerpt": "§{example_body}", "state": "draft",
        "author": "§{project}", "updated_at": "2026-01-15T10:35:00+00:00", "body": "§{example_body}"
      },
      "status": 200
    },
    {
      "method": "DELETE", "path": "/api/posts/{post_id}", "summary": "§{route_delete}",
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
    {"name": "COOKIE_SECURE", "purpose": "§{env_cookie_secure}", "example": "0", "secret": false}
  ],
  "dependencies": [
    {"name": "fastapi", "ecosystem": "python", "version": ">=0.115"},
    {"name": "pydantic", "ecosystem": "python", "version": ">=2.9"},
    {"name": "uvicorn", "ecosystem": "python", "version": ">=0.30"}
  ],
  "data_model": [
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
    },
    {
      "entity": "post",
      "fields": [
        {"name": "id", "type": "INTEGER", "required": true},
        {"name": "title", "type": "TEXT", "required": true},
        {"name": "body", "type": "TEXT", "required": true},
        {"name": "state", "type": "TEXT", "required": true},
        {"name": "author", "type": "TEXT", "required": true},
        {"name": "updated_at", "type": "TEXT", "required": true}
      ]
    }
  ],
  "ports": [{"service": "app", "port": 8000}],
  "deviations": []
}
