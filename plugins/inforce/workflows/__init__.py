"""What a person or a job asks for: gather, decide, write."""
