"""Who acts, as the terminal says it: the name that stays written down beside what was done."""

import getpass

from autocrea.cli.trouble import BadUse

IMAGES_ACCOUNT = "autocrea"
"""Everybody who enters the toolbox is this one, so it says nothing; `deploy/Dockerfile` names it."""


def operator() -> str:
    """The name of the person at this terminal. Raises BadUse where it is nobody's."""
    try:
        name = getpass.getuser().strip()
    except (KeyError, OSError):  # an account that the machine has no name for
        name = ""
    if name in ("", IMAGES_ACCOUNT):
        raise BadUse("nobody_acts")
    return name
