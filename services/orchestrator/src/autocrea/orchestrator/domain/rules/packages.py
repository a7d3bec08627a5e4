"""Which modules a Python distribution brings, where they are not called as it is."""

import re
from collections.abc import Iterator, Mapping
from typing import Final

# Distributions in common use whose modules have other names, or which bring those of others along.
_MODULES: Final[Mapping[str, tuple[str, ...]]] = {
    "fastapi": ("starlette", "pydantic", "anyio"),
    "starlette": ("anyio",),
    "flask": ("werkzeug", "jinja2", "markupsafe", "click", "itsdangerous"),
    "django": ("asgiref", "sqlparse"),
    "djangorestframework": ("rest_framework",),
    "beautifulsoup4": ("bs4",),
    "pyyaml": ("yaml",),
    "pillow": ("PIL",),
    "pyjwt": ("jwt",),
    "python-jose": ("jose",),
    "python-dotenv": ("dotenv",),
    "python-multipart": ("multipart", "python_multipart"),
    "python-dateutil": ("dateutil",),
    "python-slugify": ("slugify",),
    "python-socketio": ("socketio",),
    "python-decouple": ("decouple",),
    "opencv-python": ("cv2",),
    "opencv-python-headless": ("cv2",),
    "scikit-learn": ("sklearn",),
    "psycopg2-binary": ("psycopg2",),
    "psycopg-binary": ("psycopg",),
    "mysqlclient": ("MySQLdb",),
    "mysql-connector-python": ("mysql",),
    "pymongo": ("bson", "gridfs"),
    "motor": ("pymongo", "bson"),
    "redis": ("redis",),
    "sse-starlette": ("sse_starlette", "starlette"),
    "flask-sqlalchemy": ("flask_sqlalchemy", "sqlalchemy"),
    "sqlmodel": ("sqlalchemy", "pydantic"),
    "pydantic": ("pydantic_core", "typing_extensions"),
    "httpx": ("httpcore", "anyio"),
    "uvicorn": ("click", "h11"),
    "google-generativeai": ("google",),
    "protobuf": ("google",),
    "attrs": ("attr", "attrs"),
    "msgpack-python": ("msgpack",),
    "pycryptodome": ("Crypto",),
    "argon2-cffi": ("argon2",),
    "setuptools": ("pkg_resources",),
    "faiss-cpu": ("faiss",),
    "pytest-asyncio": ("pytest", "pytest_asyncio"),
}


def normalised(name: str) -> str:
    """A distribution's name as the index compares it."""
    return re.sub(r"[-_.]+", "-", name.partition("[")[0]).lower()


def modules_of(distribution: str) -> Iterator[str]:
    """Every module name that this distribution may bring; more is allowed than it has, never less."""
    name = normalised(distribution)
    yield from _MODULES.get(name, ())
    module = name.replace("-", "_")
    yield module
    yield name.replace("-", ".")
    yield distribution.partition("[")[0]
    yield module.removeprefix("python_").removeprefix("py_").removesuffix("_python")
