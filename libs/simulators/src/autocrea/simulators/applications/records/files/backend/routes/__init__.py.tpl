"""The routes of every entity, each in a module of its own."""

from fastapi import APIRouter

§{router_imports}

ROUTERS: tuple[APIRouter, ...] = (§{router_names},)
