.env
.git
.venv
**/__pycache__
**/*.db
