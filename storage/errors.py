"""Defines the errors that the store raises."""


class StoreError(Exception):
    """The database can't be used; the message names the file and what to do next."""


class NewerSchema(StoreError):
    """A newer Variorum wrote the database; nothing in it was changed."""


class ForeignDatabase(StoreError):
    """The file is a database of another program; nothing in it was changed."""


class Malformed(StoreError):
    """An argument is not a cursor, or not a head of the chain."""


class NotFound(StoreError):
    """Nothing is stored under that name, number or address."""
