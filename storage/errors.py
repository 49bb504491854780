"""The errors that the store raises."""


class StoreError(Exception):
    """The database can't be used: what happened, to which file, and what to do next."""


class NewerSchema(StoreError):
    """The database was written by a newer Variorum; nothing in it was touched."""


class ForeignDatabase(StoreError):
    """The file is a database of another program; nothing in it was touched."""


class Malformed(StoreError):
    """An argument is malformed: it is not a cursor, or not a chain head."""


class NotFound(StoreError):
    """Nothing is stored under that name, number or address."""
