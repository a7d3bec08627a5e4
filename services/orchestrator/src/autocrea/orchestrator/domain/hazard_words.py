"""What the scanners' rules mean, in both languages of the product: what is wrong, and the fix."""

from collections.abc import Mapping
from typing import Final, NamedTuple


class Words(NamedTuple):
    """A hazard told to a person."""

    what: str
    fix: str


_ES: Final[Mapping[str, tuple[str, str]]] = {
    "secret": (
        "Hay un secreto escrito en el archivo.",
        "Retíralo, anúlalo donde se emitió y léelo de una variable de entorno.",
    ),
    "any_origin": (
        "Cualquier web puede llamar a la API con la sesión de quien la visita.",
        "Nombra los orígenes permitidos en allow_origins.",
    ),
    "markup_from_data": (
        "Se inserta como marcado un valor que puede contener código.",
        "Usa textContent, o crea los elementos con createElement.",
    ),
    "code_from_text": (
        "Se ejecuta como código un texto.",
        "Llama a la función directamente, sin eval ni textos.",
    ),
    "token_in_storage": (
        "Una credencial queda al alcance de cualquier script de la página.",
        "Guárdala en una cookie HttpOnly, Secure y SameSite.",
    ),
    "message_to_anyone": (
        "Se envía un mensaje a una ventana de cualquier origen.",
        "Nombra el origen del destino.",
    ),
    "plain_http": ("Se usa una dirección sin cifrar.", "Usa https://."),
    "opener": (
        "La página que se abre puede cambiar la dirección de esta.",
        'Añade rel="noopener" al enlace con target="_blank".',
    ),
    "inline_handler": (
        "Un manejador escrito en el HTML impide una política de contenido estricta.",
        "Usa addEventListener en un módulo.",
    ),
    "script_of_others": (
        "Se ejecuta un script de otro servidor sin comprobar qué contiene.",
        "Sírvelo desde la aplicación, o añade integrity y crossorigin.",
    ),
    "floating_image": (
        "La imagen base cambia sin avisar.",
        "Fija una versión, por ejemplo python:3.12-slim.",
    ),
    "root_container": (
        "El proceso del contenedor es root.",
        "Crea un usuario sin privilegios y ponlo en USER.",
    ),
    "privileged_container": ("El contenedor tiene todos los permisos de la máquina.", "Quita privileged."),
    "docker_socket": ("Quien controle el contenedor controla Docker.", "No montes docker.sock."),
    "bandit:B102": ("Se ejecuta código con exec.", "Llama a funciones conocidas en su lugar."),
    "bandit:B103": ("Los permisos del archivo son demasiado amplios.", "Da permiso solo a su dueño."),
    "bandit:B108": ("Se usa un archivo temporal de nombre conocido.", "Usa el módulo tempfile."),
    "bandit:B113": ("Una petición puede esperar para siempre.", "Pasa timeout."),
    "bandit:B201": (
        "El modo de depuración permite ejecutar código a cualquiera.",
        "Actívalo solo en desarrollo, por una variable de entorno.",
    ),
    "bandit:B202": (
        "Un archivo comprimido puede escribir fuera de su carpeta.",
        'Usa extractall(filter="data").',
    ),
    "bandit:B301": ("pickle ejecuta lo que lee.", "Usa JSON."),
    "bandit:B302": ("marshal ejecuta lo que lee.", "Usa JSON."),
    "bandit:B306": ("mktemp permite que otro cree antes el archivo.", "Usa mkstemp."),
    "bandit:B307": ("Se evalúa un texto como código.", "Usa ast.literal_eval, o JSON."),
    "bandit:B310": (
        "La dirección que se abre puede ser file:// u otra.",
        "Comprueba que empieza por https://.",
    ),
    "bandit:B311": ("random se puede predecir.", "Usa secrets para contraseñas, tokens y códigos."),
    "bandit:B323": ("No se comprueba el certificado.", "Usa ssl.create_default_context()."),
    "bandit:B324": ("El resumen criptográfico es débil.", "Usa SHA-256, o scrypt para contraseñas."),
    "bandit:B501": ("No se comprueba el certificado.", "Quita verify=False."),
    "bandit:B506": ("yaml.load ejecuta lo que lee.", "Usa yaml.safe_load."),
    "bandit:B602": (
        "Se ejecuta una orden a través del shell.",
        "Pasa una lista de argumentos, sin shell=True.",
    ),
    "bandit:B605": (
        "Se ejecuta una orden a través del shell.",
        "Usa subprocess con una lista de argumentos.",
    ),
    "bandit:B608": ("Una consulta SQL se forma pegando textos.", "Usa parámetros (?)."),
    "bandit:B701": ("Jinja2 no escapa lo que inserta.", "Usa autoescape=True."),
}
_EN: Final[Mapping[str, tuple[str, str]]] = {
    "secret": (
        "A secret is written into the file.",
        "Take it out, revoke it where it was issued and read it from an environment variable.",
    ),
    "any_origin": (
        "Any website may call the API with its visitor's session.",
        "Name the permitted origins in allow_origins.",
    ),
    "markup_from_data": (
        "A value that may hold code is inserted as markup.",
        "Use textContent, or make the elements with createElement.",
    ),
    "code_from_text": ("A text is run as code.", "Call the function directly, without eval or texts."),
    "token_in_storage": (
        "A credential is within reach of every script of the page.",
        "Keep it in a cookie that is HttpOnly, Secure and SameSite.",
    ),
    "message_to_anyone": ("A message goes to a window of any origin.", "Name the receiver's origin."),
    "plain_http": ("An address without encryption is used.", "Use https://."),
    "opener": (
        "The page that is opened may change this one's address.",
        'Add rel="noopener" to the link with target="_blank".',
    ),
    "inline_handler": (
        "A handler written into the HTML rules out a strict content policy.",
        "Use addEventListener in a module.",
    ),
    "script_of_others": (
        "A script of another host is run without checking what it holds.",
        "Serve it from the application, or add integrity and crossorigin.",
    ),
    "floating_image": ("The base image changes without notice.", "Pin a version, such as python:3.12-slim."),
    "root_container": (
        "The container's process is root.",
        "Create a user without privileges and name it in USER.",
    ),
    "privileged_container": ("The container has every permission of the machine.", "Remove privileged."),
    "docker_socket": ("Whoever controls the container controls Docker.", "Do not mount docker.sock."),
    "bandit:B102": ("Code is run with exec.", "Call known functions instead."),
    "bandit:B103": ("The file's permissions are too wide.", "Permit its owner only."),
    "bandit:B108": ("A temporary file has a known name.", "Use the module tempfile."),
    "bandit:B113": ("A request may wait for ever.", "Pass a timeout."),
    "bandit:B201": (
        "The debug mode lets anybody run code.",
        "Switch it on in development only, by an environment variable.",
    ),
    "bandit:B202": ("An archive may write outside its folder.", 'Use extractall(filter="data").'),
    "bandit:B301": ("pickle runs what it reads.", "Use JSON."),
    "bandit:B302": ("marshal runs what it reads.", "Use JSON."),
    "bandit:B306": ("mktemp lets somebody else create the file first.", "Use mkstemp."),
    "bandit:B307": ("A text is evaluated as code.", "Use ast.literal_eval, or JSON."),
    "bandit:B310": (
        "The address that is opened may be file:// or another.",
        "Check that it begins with https://.",
    ),
    "bandit:B311": ("random can be predicted.", "Use secrets for passwords, tokens and codes."),
    "bandit:B323": ("The certificate is not checked.", "Use ssl.create_default_context()."),
    "bandit:B324": ("The hash is weak.", "Use SHA-256, or scrypt for passwords."),
    "bandit:B501": ("The certificate is not checked.", "Remove verify=False."),
    "bandit:B506": ("yaml.load runs what it reads.", "Use yaml.safe_load."),
    "bandit:B602": ("A command goes through the shell.", "Pass a list of arguments, without shell=True."),
    "bandit:B605": ("A command goes through the shell.", "Use subprocess with a list of arguments."),
    "bandit:B608": ("An SQL statement is put together from texts.", "Use parameters (?)."),
    "bandit:B701": ("Jinja2 does not escape what it inserts.", "Use autoescape=True."),
}


def hazard_words(rule: str, note: str, language: str) -> Words:
    """The rule's words; for a rule without any the scanner's own sentence."""
    found = (_EN if language == "en" else _ES).get(rule)
    return Words(*found) if found else Words(note or rule, "")
