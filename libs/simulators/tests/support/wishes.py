"""The wishes that the tests generate: the four quick examples, and others in both languages and other pipelines."""

from generated import Wish

LANDING = Wish("Landing page con formulario de contacto")
BLOG = Wish("Blog con CMS y autenticación", "Tienda de ñandúes")
DASHBOARD = Wish("Dashboard con gráficos en tiempo real", "panel")
MONGODB = Wish("API REST con MongoDB")
SHOP = Wish(
    "Crear una plataforma de e-commerce con carrito de compras, pagos con Stripe, "
    "panel de administración y sistema de reviews",
    "mi-tienda",
)
PLANTS = Wish("Una app para gestionar mis plantas", 'El "jardín" de \\Ana\' <b>&</b> ${x} `y`')
ENGLISH_TASKS = Wish("A to-do list with projects, React and PostgreSQL", "my-tasks", "en")
ENGLISH_BLOG = Wish("A blog with a CMS", "my-blog", "en")
CLINIC = Wish("Sistema de citas para una clínica con pacientes", "clinica")
MONGODB_SHOP = Wish("Online store with products and reviews on MongoDB", "shop", "en")

SITE = Wish("Landing page para un estudio de yoga, con formulario de contacto", "Yoga", pipeline="landing")
ENGLISH_SITE = Wish("A page for my bakery, in React, with an online shop", "bakery", "en", "landing")
API = Wish("API REST con MongoDB", "api", pipeline="api")
ENGLISH_API = Wish("An API for a blog with users", "blog-api", "en", "api")
PLANTS_API = Wish("Una API para gestionar mis plantas", "plantas", pipeline="api")
SHOP_API = Wish("Tienda con carrito y pagos", "tienda", pipeline="api")
DASHBOARD_API = Wish("Dashboard con métricas en tiempo real", "panel", pipeline="api")
CONTACT_API = Wish("Formulario de contacto", "contacto", pipeline="api")

# Those with a back end and pages, with pages alone, with a back end alone.
WHOLE = {
    "landing": LANDING,
    "blog": BLOG,
    "dashboard": DASHBOARD,
    "mongodb": MONGODB,
    "shop": SHOP,
    "plants": PLANTS,
    "english tasks": ENGLISH_TASKS,
    "english blog": ENGLISH_BLOG,
    "clinic": CLINIC,
    "mongodb shop": MONGODB_SHOP,
}
SITES = {"site": SITE, "english site": ENGLISH_SITE}
APIS = {
    "api": API,
    "english api": ENGLISH_API,
    "plants api": PLANTS_API,
    "shop api": SHOP_API,
    "dashboard api": DASHBOARD_API,
    "contact api": CONTACT_API,
}
ALL = WHOLE | SITES | APIS
