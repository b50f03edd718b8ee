"""What a user did, told without a traceback."""


class UserError(ValueError):
    """Something a user gave can't be used; the message says what, where, and what is expected."""
