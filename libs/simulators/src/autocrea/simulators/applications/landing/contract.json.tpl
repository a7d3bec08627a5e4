{
  "summary": "§{project}: §{summary}",
  "stack": ["§{stack_backend}", "§{stack_database}", "§{stack_frontend}", "§{stack_docker}"],
  "routes": [
    {
      "method": "GET", "path": "/api/health", "summary": "§{health_summary}",
      "request_example": null, "response_example": {"status": "ok"}, "status": 200
    },
    {
      "method": "POST", "path": "/api/messages", "summary": "§{route_create}",
      "request_example": {"name": "§{example_name}", "email": "lucia@example.com", "message": "§{example_message}"},
      "response_example": {
        "reference": "k3x9Zq7LrT2w", "name": "§{example_name}", "state": "received", "received_at": "2026-01-15T10:30:00+00:00"
      },
      "status": 201
    },
    {
      "method": "GET", "path": "/api/messages/{reference}", "summary": "§{route_read}",
      "request_example": null,
      "response_example": {
        "reference": "demo", "name": "§{seed_name}", "state": "received", "received_at": "2026-01-01T09:00:00+00:00"
      },
      "status": 200
    }
  ],
  "env": [
    {"name": "DATABASE_PATH", "purpose": "§{env_database_path}", "example": "/data/app.db", "secret": false},
    {"name": "PORT", "purpose": "§{env_port}", "example": "8000", "secret": false}
  ],
  "dependencies": [
    {"name": "fastapi", "ecosystem": "python", "version": ">=0.115"},
    {"name": "pydantic", "ecosystem": "python", "version": ">=2.9"},
    {"name": "uvicorn", "ecosystem": "python", "version": ">=0.30"}
  ],
  "data_model": [
    {
      "entity": "message",
      "fields": [
        {"name": "reference", "type": "TEXT", "required": true},
        {"name": "name", "type": "TEXT", "required": true},
        {"name": "email", "type": "TEXT", "required": true},
        {"name": "message", "type": "TEXT", "required": true},
        {"name": "state", "type": "TEXT", "required": true},
        {"name": "received_at", "type": "TEXT", "required": true}
      ]
    }
  ],
  "ports": [{"service": "app", "port": 8000}],
  "deviations": []
}
