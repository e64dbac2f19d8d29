"""Sign: keys, signatures and timestamps. Each file hides one thing outside."""
