"""The only code that imports MkDocs: options, hooks, pages. Small enough to be written twice."""
