"""Publish policies from a git repository: the text in force, every revision, and what changed between them."""

__version__ = "0.1.0"
