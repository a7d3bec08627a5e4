{
  "summary": "§{project}: §{summary}",
  "stack": ["§{stack_backend}", "§{stack_database}", "§{stack_frontend}", "§{stack_docker}"],
  "routes": [
    {
      "method": "GET", "path": "/api/health", "summary": "§{health_summary}",
      "request_example": null, "response_example": {"status": "ok"}, "status": 200
    },
    {
      "method": "GET", "path": "/api/metrics", "summary": "§{route_metrics}",
      "request_example": null,
      "response_example": {
        "metrics": [
          {
            "metric": "visits", "label": "§{metric_visits}", "unit": "§{unit_visits}",
            "value": 128.0, "change_percent": 3.2, "measured_at": "2026-01-15T10:30:00.000+00:00"
          },
          {
            "metric": "sales", "label": "§{metric_sales}", "unit": "€",
            "value": 342.5, "change_percent": -1.4, "measured_at": "2026-01-15T10:30:00.000+00:00"
          }
        ]
      },
      "status": 200
    },
    {
      "method": "GET", "path": "/api/metrics/{metric}/readings", "summary": "§{route_readings}",
      "request_example": null,
      "response_example": {
        "metric": "visits",
        "readings": [
          {"id": 1, "metric": "visits", "value": 121.0, "measured_at": "2026-01-15T10:29:56.000+00:00"},
          {"id": 5, "metric": "visits", "value": 124.0, "measured_at": "2026-01-15T10:29:58.000+00:00"},
          {"id": 9, "metric": "visits", "value": 128.0, "measured_at": "2026-01-15T10:30:00.000+00:00"}
        ]
      },
      "status": 200
    },
    {
      "method": "POST", "path": "/api/readings", "summary": "§{route_create}",
      "request_example": {"metric": "visits", "value": 131},
      "response_example": {"id": 10, "metric": "visits", "value": 131.0, "measured_at": "2026-01-15T10:30:01.000+00:00"},
      "status": 201
    }
  ],
  "env": [
    {"name": "DATABASE_PATH", "purpose": "§{env_database_path}", "example": "/data/app.db", "secret": false},
    {"name": "PORT", "purpose": "§{env_port}", "example": "8000", "secret": false},
    {"name": "DEMO_DATA", "purpose": "§{env_demo_data}", "example": "1", "secret": false}
  ],
  "dependencies": [
    {"name": "fastapi", "ecosystem": "python", "version": ">=0.115"},
    {"name": "pydantic", "ecosystem": "python", "version": ">=2.9"},
    {"name": "uvicorn", "ecosystem": "python", "version": ">=0.30"}
  ],
  "data_model": [
    {
      "entity": "metric",
      "fields": [
        {"name": "metric", "type": "TEXT", "required": true},
        {"name": "label", "type": "TEXT", "required": true},
        {"name": "unit", "type": "TEXT", "required": true},
        {"name": "usual_low", "type": "REAL", "required": true},
        {"name": "usual_high", "type": "REAL", "required": true}
      ]
    },
    {
      "entity": "reading",
      "fields": [
        {"name": "id", "type": "INTEGER", "required": true},
        {"name": "metric", "type": "TEXT", "required": true},
        {"name": "value", "type": "REAL", "required": true},
        {"name": "measured_at", "type": "TEXT", "required": true}
      ]
    }
  ],
  "ports": [{"service": "app", "port": 8000}],
  "deviations": ["§{deviation_demo}", "§{deviation_polling}"]
}
