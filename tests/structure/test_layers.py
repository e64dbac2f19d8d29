"""The direction of imports: each layer may import what stands to its left, and never what stands to its right."""

import ast
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "plugins" / "inforce"
LAYERS = ("core", "formats", "adapters", "workflows", "mkdocs_plugin", "acceptance_app", "cli")
APART = {"mkdocs_plugin", "acceptance_app"}
"""Layers that stand beside each other: neither may import the other."""
OUTSIDE = {
    "mkdocs": ("mkdocs_plugin",),
    "jinja2": ("mkdocs_plugin", "acceptance_app"),
    "starlette": ("acceptance_app",),
    "uvicorn": ("acceptance_app",),
    "anyio": ("acceptance_app",),
    "git": ("adapters",),
    "markdown": ("formats",),
    "yaml": ("formats", "mkdocs_plugin"),
    "click": ("cli",),
    "lxml": ("formats",),
    "rapidfuzz": ("core",),
    "fsspec": ("adapters",),
    "distributed": ("adapters",),
    "segno": ("formats",),
    "weasyprint": ("adapters",),
    "httpx": ("adapters",),
    "jsonschema": ("formats",),
    "idna": ("formats",),
    "sqlalchemy": ("adapters",),
    "joserfc": ("formats", "adapters"),
    "smtplib": ("adapters",),
}
MODULES = sorted(path for path in PACKAGE.rglob("*.py") if path != PACKAGE / "__init__.py")


def layer_of(path):
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports_of(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are written whole"
            yield node.module


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_a_module_imports_nothing_to_its_right(path):
    mine = LAYERS.index(layer_of(path))
    for name in imports_of(path):
        package, _, rest = name.partition(".")
        if package == "inforce" and rest:
            theirs = rest.partition(".")[0]
            assert LAYERS.index(theirs) <= mine, name
            assert {theirs, layer_of(path)} != APART, name
        elif package in OUTSIDE:
            assert layer_of(path) in OUTSIDE[package], name


def test_the_core_needs_the_standard_library_and_what_compares_alone():
    names = {name.partition(".")[0] for path in MODULES if layer_of(path) == "core" for name in imports_of(path)}
    assert names - {"inforce", "rapidfuzz"} <= sys.stdlib_module_names
    assert not names & {"os", "pathlib", "time", "logging", "subprocess", "io", "socket", "tempfile"}
