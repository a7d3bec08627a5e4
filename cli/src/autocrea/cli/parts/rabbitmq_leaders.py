"""Gives the queues of a single node their leader back after a crash.

A quorum queue whose node dies within five seconds of its declaration comes back without a leader and stays
so: every request to it hangs (rabbitmq-server issue 10070, seen on 3.10 as well). Triggering an election
heals it; where there is a leader already it changes nothing.
"""

from autocrea.cli.parts.rabbitmq_files import NODE

_ELECT = """
    Node = '%s',
    pong = net_adm:ping(Node),
    [ok = rpc:call(Node, ra, trigger_election, [{Name, Node}])
     || System <- [quorum_queues, coordination],
        Registered <- [rpc:call(Node, ra_directory, list_registered, [System])],
        is_list(Registered),
        {Name, _Uid} <- Registered],
    halt(0).
"""


def election() -> list[str]:
    """The command, run with the node's own environment: a short-lived hidden node that asks for the
    elections."""
    words = " ".join(line.strip() for line in (_ELECT % NODE).splitlines())
    loopback = ["-kernel", "inet_dist_use_interface", "{127,0,0,1}"]
    return ["erl", "-noinput", "-hidden", "-sname", f"elect-{NODE}", *loopback, "-eval", words]
