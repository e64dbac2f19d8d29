"""Another repository, with files at any path, and a site that imports from it."""

import json

import pytest
from repository import Repository

NOW = "2020-01-01T00:00:00+00:00"


class Foreign(Repository):
    """The other repository: its files lie anywhere."""

    def write(self, path, content):
        place = self.top / path
        place.parent.mkdir(parents=True, exist_ok=True)
        if content is None:
            place.unlink()
        elif isinstance(content, bytes):
            place.write_bytes(content)
        elif isinstance(content, str):
            place.write_bytes(content.encode())
        else:
            place.symlink_to(content.target)


class Site(Repository):
    """A site that imports: its folder of policies, drawn as what matters in it."""

    def imports(self, *arguments, now=NOW):
        """Import, which has to work; the report."""
        said = self.inforce("import", *map(str, arguments), "--json", now=now)
        assert said.status == 0, said.err
        return json.loads(said.out)

    def refused(self, *arguments, status=1, now=NOW):
        """Import, which has to be refused with nothing written; what is said of it."""
        before = self.drawn()
        said = self.inforce("import", *map(str, arguments), now=now)
        assert said.status == status, (said.out, said.err)
        assert self.drawn() == before
        return said.err

    def drawn(self, policy=None):
        """The files of the record, by path: their bytes."""
        place = self.folder / "policy_versions"
        found = {path.relative_to(place).as_posix(): path.read_text() for path in place.rglob("*") if path.is_file()}
        return {path: text for path, text in sorted(found.items()) if policy in (None, path.split("/")[0])}

    def texts(self, policy):
        """The revisions of a policy, by name: their texts."""
        files = self.drawn(policy)
        names = [path for path in files if path.endswith(".md")]
        names.sort(key=lambda path: self.key(files[path], "posted"))
        return {path[len(policy) + 1 : -3]: files[path].split("\n---\n", 1)[1] for path in names}

    def keys(self, policy, key):
        """A key of each of a policy's revisions, in order of posting."""
        files = [text for path, text in self.drawn(policy).items() if path.endswith(".md")]
        return [self.key(text, key) for text in sorted(files, key=lambda text: self.key(text, "posted"))]

    @staticmethod
    def key(text, key):
        line = next(line for line in text.splitlines() if line.startswith(f"{key}: "))
        return line.removeprefix(f"{key}: ")


@pytest.fixture
def foreign(tmp_path):
    """Another repository, without a commit."""
    made = Foreign(tmp_path / "site-policy", tmp_path / "home")
    (made.folder / "mkdocs.yml").unlink()
    return made


@pytest.fixture
def site(tmp_path):
    """A site without a policy."""
    made = Site(tmp_path / "site", tmp_path / "home")
    made.commit_all("2015-01-01T00:00:00+00:00")
    return made
