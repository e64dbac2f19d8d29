"""One file per outside thing: each says what it hides, and turns foreign errors into ours."""

import os

os.environ.setdefault("GIT_PYTHON_REFRESH", "quiet")  # Without git, GitPython would not even be imported.
