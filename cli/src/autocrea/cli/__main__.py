"""`autocrea`, also as `python -m autocrea.cli`: Ctrl-C is quiet also while the program is being read."""

import signal


def main() -> None:
    quiet = signal.getsignal(signal.SIGINT) is signal.default_int_handler  # a background job ignores it
    if quiet:
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # half a second of imports: nothing to clean up yet
    from autocrea.cli.main import app

    if quiet:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    app()


if __name__ == "__main__":
    main()
