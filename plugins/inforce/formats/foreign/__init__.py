"""Foreign texts, made to fit: what an import makes clean Markdown of."""
