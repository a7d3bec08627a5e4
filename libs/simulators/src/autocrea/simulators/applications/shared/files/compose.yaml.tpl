name: "§{slug}"

services:
  app:
    build: .
    ports:
      - "127.0.0.1:${PORT:-8000}:8000"
    environment:
      DATABASE_PATH: ${DATABASE_PATH:-/data/app.db}§{compose_environment}
    volumes:
      - data:/data
    read_only: true
    tmpfs:
      - /tmp
    cap_drop:
      - ALL
    security_opt:
      - no-new-privileges:true
    restart: unless-stopped
    healthcheck:
      test: ["CMD", "python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/api/health', timeout=2)"]
      interval: 30s
      timeout: 3s
      retries: 3

volumes:
  data:
