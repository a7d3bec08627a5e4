name: "§{slug}"

services:
  app:
    build: .
    ports:
      - "127.0.0.1:${PORT:-8000}:8000"
    environment:
      MONGODB_URL: ${MONGODB_URL:-mongodb://mongodb:27017}
      MONGODB_DATABASE: ${MONGODB_DATABASE:-app}
    depends_on:
      mongodb:
        condition: service_healthy
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

  mongodb:
    image: mongo:7
    volumes:
      - data:/data/db
    restart: unless-stopped
    healthcheck:
      test: ["CMD", "mongosh", "--quiet", "--eval", "db.adminCommand('ping').ok"]
      interval: 10s
      timeout: 5s
      retries: 5

volumes:
  data:
