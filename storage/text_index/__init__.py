"""What is kept beside each version so that it is found: folded words, a MinHash of its text."""
