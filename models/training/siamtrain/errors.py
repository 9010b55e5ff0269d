"""Errors that a user can act on: the message names the thing, what is wrong with it and what to do."""


class Failure(Exception):
    """What ends a command with one line in place of a traceback."""


class DataError(Failure):
    """Data, or a file, that cannot be used."""
