"""The error a user can act on."""


class DataError(Exception):
    """Data that cannot be trained on; the message names the file, what is wrong with it and what to do."""
