"""The workspace and its site files, read and checked once. Pure; imports the ground only."""
