"""Values to text and bytes and back: pure and deterministic."""
