.env
.venv/
__pycache__/
*.db
*.db-journal
