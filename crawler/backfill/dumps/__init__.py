"""Text dumps of whole pages, split into articles. Pure."""
