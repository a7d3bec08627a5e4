# §{project}

§{summary}

§{features_md}

## §{run_title}

§{run_python}

```sh
python3 -m venv .venv
. .venv/bin/activate
pip install -r backend/requirements.txt
cd backend
uvicorn main:app --port 8000
```

§{run_open} <http://127.0.0.1:8000>. §{run_docs} <http://127.0.0.1:8000/docs>.

## §{docker_title}

```sh
cp .env.example .env
docker compose up --build
```

§{docker_note}

## §{settings_title}

| §{variable_heading} | §{purpose_heading} | §{example_heading} |
|---|---|---|
§{env_table}

## §{api_title}

| §{method_heading} | §{path_heading} | §{summary_heading} |
|---|---|---|
§{routes_table}

## §{layout_title}

§{layout_md}

§{notes_md}
