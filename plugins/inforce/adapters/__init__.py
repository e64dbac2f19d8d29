"""One file per outside thing: each says what it hides, and turns foreign errors into ours."""
