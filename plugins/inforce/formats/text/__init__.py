"""The text of a revision: what may stand in it, and how it becomes HTML."""
