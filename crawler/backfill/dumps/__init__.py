"""Splits text dumps of whole pages into articles. Pure; imports the ground and the pure folders."""
