"""What the ledger refuses because it would break one of its rules: a message that causes it is a bug."""


class LedgerError(Exception):
    """A rule of the ledger was about to be broken; nothing was booked."""


class BalanceTooSmall(LedgerError):
    """A user or hold account would go below zero."""


class CapExceeded(LedgerError):
    """A step would cost more than its quoted cap, or more than an earlier run settled for it."""


class WrongRoute(LedgerError):
    """A transfer between accounts that its kind does not connect, or of an amount that is not positive."""


class IdempotencyConflict(LedgerError):
    """The same idempotency key with another content than the transfer booked under it."""


class WrongPayment(LedgerError):
    """What was told of a payment contradicts what is known of it, or of what was for sale."""


class WrongOwner(LedgerError):
    """A message names a hold of another user."""
