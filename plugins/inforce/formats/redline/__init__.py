"""A redline in several forms, and the words that they share."""
