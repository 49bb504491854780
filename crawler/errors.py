"""The base errors of the crawler: those on which a person can act.

    VariorumError
    ├── Misuse        the operator's mistake: a bad file, key or argument (exit code 2)
    └── SiteTrouble   the site's misbehaviour, or ours with it (exit code 1)

Every message says what happened, where, and what to do next. Anything else that is raised is a bug
and stays a traceback. `storage` knows nothing of this file and has its own base, `storage.StoreError`.
"""


class VariorumError(Exception):
    """An expected error; its message says in one line what happened, where, and what to do next."""


class Misuse(VariorumError):
    """The operator made a mistake: a bad site file, key or argument."""


class SiteTrouble(VariorumError):
    """A site, or one of its pages, failed or misbehaved."""
