"""Decides which blocks of a page are its text: features, boosted trees, the choice of blocks. Pure."""
