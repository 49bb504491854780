"""News brought to people: who hears what, when, and through which service."""
