"""Values and decisions. No files, git, clock, logging, Markdown, MkDocs or PDF: the standard library alone."""
