FROM python:3.12-slim

WORKDIR /app
COPY backend/requirements.txt backend/requirements.txt
RUN pip install --no-cache-dir -r backend/requirements.txt
COPY backend/ backend/§{pages_copy}

RUN useradd --system --uid 10001 app && mkdir /data && chown app /data
USER app
ENV DATABASE_PATH=/data/app.db
WORKDIR /app/backend
EXPOSE 8000
CMD ["uvicorn", "main:app", "--host", "0.0.0.0", "--port", "8000"]
