"""What differs between two wordings, and how much that matters."""
