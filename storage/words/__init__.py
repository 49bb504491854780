"""The words of all versions: folded, searched, and compared with each other."""
