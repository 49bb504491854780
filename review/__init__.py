"""The page where people read what changed."""
