"""`pause`, `resume`: whether the system takes new generations. Those that run go on."""

import getpass

from autocrea.cli.commands.options import ReasonOption, WhyOption
from autocrea.cli.operating.system import operated_services
from autocrea.cli.stack.layout import GATEWAY
from autocrea.cli.terminal import tell, told


@told
def pause(reason: ReasonOption) -> None:
    """No acepta generaciones nuevas hasta `resume`; el motivo lo ve quien las pide."""
    body = {"who": getpass.getuser(), "reason": reason}
    answer = operated_services().tell(GATEWAY, "/operator/pause", body)
    tell("paused", reason=answer["pause"]["reason"])


@told
def resume(reason: WhyOption = None) -> None:
    """Vuelve a aceptar generaciones."""
    body = {"who": getpass.getuser(), "reason": reason}
    answer = operated_services().tell(GATEWAY, "/operator/resume", body)
    tell("resumed" if answer["resumed"] else "not_paused")
