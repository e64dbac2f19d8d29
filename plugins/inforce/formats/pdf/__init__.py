"""A revision as a PDF: what it depends on, what is attached to it, and the document that is printed."""
