"""What reviewers ask of the store, and what they say."""
