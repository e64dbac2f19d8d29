"""Check what was signed, by anybody: copies, signatures, certificates. Each file hides one thing outside."""
