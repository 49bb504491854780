"""Full-text search, and near-duplicates of a text."""
