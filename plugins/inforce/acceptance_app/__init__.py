"""The register of acceptances over HTTP: the only code that imports Starlette and uvicorn."""
