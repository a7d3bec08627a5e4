"""What can go wrong for a person at the keyboard: a key into the texts, the values for it, and nothing about
how it is shown."""


class Trouble(Exception):
    """Something a person must know about. `key` names a text with a remedy in `texts`; `values` fill it."""

    def __init__(self, key: str, **values: object) -> None:
        shown = ", ".join(f"{name}={value}" for name, value in values.items())
        super().__init__(f"{key}: {shown}" if shown else key)
        self.key = key
        self.values = values
        self.bad_use = False


class BadUse(Trouble):
    """Trouble with what the person asked for: asked otherwise, it can work."""

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(key, **values)
        self.bad_use = True
