"""Handing out what is stored: a writer for each format, and a card that says what is in a file."""
