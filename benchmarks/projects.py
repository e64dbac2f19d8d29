"""Projects to measure on: made new, or imported from another git repository's Markdown."""

from __future__ import annotations

from pathlib import Path

from measure import BIN, run

OURS = "inforce: {archive: ''}"
"""The plugin, as it stands in a list; PDFs have a benchmark of their own."""
CONFIGURATION = """\
site_name: Benchmark
site_url: https://policies.qstore.example/
theme: {{name: material, font: false}}
plugins: [{plugins}]
nav: [{{Home: index.md}}]
not_in_nav: "*"
"""


def record_of(repo: Path, files: str, top: Path) -> Path:
    """The `policy_versions/` of a project, or of what is imported into `top` from a repository without a record."""
    record = repo / "policy_versions"
    if record.is_dir():
        return record
    new_project(top, OURS)
    run(BIN / "inforce", "import", repo.resolve(), "--all", files, folder=top)
    return top / "policy_versions"


def new_project(folder: Path, plugins: str) -> None:
    """A project of MkDocs with a home page, in git."""
    (folder / "docs").mkdir(parents=True)
    (folder / "docs" / "index.md").write_text("# Policies\n\nAn introduction.\n")
    (folder / "mkdocs.yml").write_text(CONFIGURATION.format(plugins=plugins))
    run("git", "init", "--quiet", "--initial-branch", "main", folder)
    commit(folder, "Begin")


def commit(folder: Path, message: str) -> None:
    """Commit everything."""
    identity = ("-c", "user.name=Legal", "-c", "user.email=legal@qstore.example", "-c", "gc.auto=0")
    run("git", "add", "-A", ":!.cache", ":!site", folder=folder)
    run("git", *identity, "commit", "-q", "--allow-empty", "-m", message, folder=folder)
