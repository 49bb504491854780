"""What the store says when it can't do as asked."""


class StoreError(Exception):
    """The database can't be used: what happened, to which file, and what to do next."""


class NewerSchema(StoreError):
    """The database was written by a newer Variorum; nothing in it was touched."""


class ForeignDatabase(StoreError):
    """The file is a database of another program; nothing in it was touched."""


class Malformed(StoreError):
    """What was asked with can't be what it is meant to be: no cursor, no head."""


class NotFound(StoreError):
    """Nothing is stored under that name, number or address."""
