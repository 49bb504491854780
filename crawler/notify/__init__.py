"""Changes not yet sent, sent to people through Apprise."""
