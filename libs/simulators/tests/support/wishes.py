"""The wishes that the tests generate: the four quick examples, and others in both languages."""

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

ALL = {
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
