"""Safe text, word diffs, JSON objects and progress, for the terminal and for files."""
