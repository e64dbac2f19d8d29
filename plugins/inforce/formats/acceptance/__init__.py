"""Acceptance: what is asked, answered, and proved."""
