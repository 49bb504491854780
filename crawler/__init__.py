"""Decides what a page says and what changed in it, and runs the crawls."""
