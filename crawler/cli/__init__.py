"""Implements the commands of `variorum`: one module for each group of commands.

May import every other package; no other package imports this one.
"""
