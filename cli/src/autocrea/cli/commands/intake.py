"""`pause`, `resume`: whether the system takes new generations. Those that run go on."""

from autocrea.cli.commands.options import ReasonOption, WhyOption
from autocrea.cli.operating.operator import operator
from autocrea.cli.operating.system import operated_services
from autocrea.cli.stack.layout import GATEWAY
from autocrea.cli.terminal import tell, told


@told
def pause(reason: ReasonOption) -> None:
    """No acepta generaciones nuevas hasta `resume`; el motivo lo ve quien las pide."""
    body = {"who": operator(), "reason": reason}
    answer = operated_services().tell(GATEWAY, "/operator/pause", body)
    tell("paused", reason=answer["pause"]["reason"])


@told
def resume(reason: WhyOption = None) -> None:
    """Vuelve a aceptar generaciones."""
    body = {"who": operator(), "reason": reason}
    answer = operated_services().tell(GATEWAY, "/operator/resume", body)
    tell("resumed" if answer["resumed"] else "not_paused")
