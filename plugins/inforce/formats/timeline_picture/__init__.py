"""The timeline of a policy as a picture."""
