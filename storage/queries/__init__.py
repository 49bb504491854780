"""What the review page asks of the store."""
