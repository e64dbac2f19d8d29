"""What the archive costs, against WeasyPrint and pyHanko by themselves.

    .venv/bin/python benchmarks/archive.py REPO 'Policies/**/*.md' [--revisions 200] [--runs 5]
    .venv/bin/python benchmarks/archive.py REPO 'Policies/**/*.md' --nothing-new 1000
    .venv/bin/python benchmarks/archive.py REPO 'Policies/**/*.md' --memory 500
    .venv/bin/python benchmarks/archive.py --signing

REPO is a git repository with a record, or one whose Markdown files are imported.

Exporting: `inforce export-pdfs` as a whole, from the start of Python to the signed manifest, on two processes, against
plain WeasyPrint writing the same HTML with the same style, untagged and unsigned, in one warm process. Nothing new: the
same command again. Memory: what a worker process holds while it renders. Signing: a PDF of a few pages, against pyHanko
alone with a key that it has loaded before.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from io import BytesIO
from pathlib import Path

import weasyprint
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from measure import BIN, Contest, run
from projects import commit, new_project, record_of
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
from weasyprint.text.fonts import FontConfiguration

from inforce.adapters.clock import read_clock
from inforce.adapters.signing.pyhanko_signing import open_signer
from inforce.core.signing import KeyInFile, Signing
from inforce.formats.messages import Languages
from inforce.formats.pdf.document import Document, document_of
from inforce.formats.pdf.sheet import Sheet
from inforce.workflows.pdf_renditions import PdfRenditions, rendered
from inforce.workflows.read_record import opened
from inforce.workflows.settings import Settings

ROOT = "https://policies.qstore.example/"
PLUGIN = "inforce: {{archive: archive, workers: {workers}, signing: {{key: {key}}}}}"
KINDS = {"P-256": ("EC", "ec_paramgen_curve:P-256"), "RSA-3072": ("RSA", "rsa_keygen_bits:3072")}
_PAGE = 4096


def main() -> None:
    """Measure what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("repo", type=Path, nargs="?")
    parser.add_argument("files", nargs="?", default="**/*.md")
    parser.add_argument("--revisions", type=int, default=200, help="how many are exported; of all policies in turn")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--nothing-new", type=int, metavar="REVISIONS")
    parser.add_argument("--memory", type=int, metavar="DOCUMENTS")
    parser.add_argument("--signing", action="store_true")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as top:
        folder = Path(top)
        if asked.signing:
            sign(folder, asked.runs)
            return
        if asked.repo is None:
            parser.error("REPO is missing")
        count = asked.nothing_new or asked.memory or asked.revisions
        project = project_of(asked.repo, asked.files, folder, count, asked.workers)
        sheets = sheets_of(project)
        if asked.memory:
            memory(sheets, asked.memory)
        elif asked.nothing_new:
            nothing_new(project, len(sheets), asked.runs)
        else:
            export(project, sheets, asked.runs)


def export(project: Path, sheets: list[Sheet], runs: int) -> None:
    """Let both take turns."""
    documents = [document_of(one) for one in sheets]
    contest = Contest(runs)
    contest.hold(
        {
            "WeasyPrint": (lambda: None, lambda: print_plainly(documents)),
            "export-pdfs": (
                lambda: shutil.rmtree(project / "archive", ignore_errors=True),
                lambda: command(project, "--new-archive"),
            ),
        }
    )
    size = sum(path.stat().st_size for path in (project / "archive").rglob("*.pdf")) / len(sheets)
    print(f"{len(sheets)} revisions, {size / 1000:.0f} kB each; medians of {runs} turns")
    for name in contest.seconds:
        median, spread = contest.median(name), contest.spread(name)
        print(f"  {name:12} {median:8.2f} s  ({spread})  {median / len(sheets) * 1000:6.0f} ms a document")
    print(f"  export-pdfs / WeasyPrint: {contest.median('export-pdfs') / contest.median('WeasyPrint'):.2f}")


def nothing_new(project: Path, count: int, runs: int) -> None:
    """How long the command takes to find that there is nothing to do; its start included."""
    command(project)
    command(project)
    contest = Contest(runs)
    contest.hold(
        {
            "python -c pass": (lambda: None, lambda: run(BIN / "python", "-c", "pass")),
            "export-pdfs": (lambda: None, lambda: command(project)),
        }
    )
    print(f"{count} revisions, nothing new; medians of {runs} turns")
    for name in contest.seconds:
        print(f"  {name:15} {contest.median(name):6.2f} s  ({contest.spread(name)})")


def memory(sheets: list[Sheet], count: int) -> None:
    """What one process holds that renders document after document, and never is replaced by a new one."""
    seen = []
    for number in range(count):
        rendered(sheets[number % len(sheets)])
        seen.append(resident())
        if (number + 1) % 50 == 0:
            print(f"  after {number + 1:4} documents: {seen[-1]:6.0f} MB", flush=True)
    print(f"  the most: {max(seen):.0f} MB; {(seen[-1] - seen[len(seen) // 2]) / (count / 2):.3f} MB more a document")


def resident() -> float:
    """What this process has in memory, in megabytes; Linux alone."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * _PAGE / 1e6


def sign(folder: Path, runs: int) -> None:
    """Sign a PDF again and again, with each kind of key."""
    pdf = weasyprint.HTML(string="<p>Words of a policy.</p>" * 200).write_pdf() or b""
    for kind in KINDS:
        key = key_of(folder, kind)
        bare = Preloaded(key)
        with open_signer(Signing(KeyInFile(str(key))), lambda _: "") as signer:
            at = datetime.now(UTC)
            contestants = {"pyHanko": partial(sign_plainly, bare, pdf), "ours": partial(signer.sign, pdf, at)}
            times: dict[str, list[float]] = {name: [] for name in contestants}
            for _ in range(runs * 10):
                for name, work in contestants.items():
                    start = time.perf_counter()
                    work()
                    times[name].append(time.perf_counter() - start)
        medians = {name: statistics.median(one) * 1000 for name, one in times.items()}
        told = ", ".join(f"{name} {median:.1f} ms" for name, median in medians.items())
        print(f"{kind}: {told}; ours / pyHanko: {medians['ours'] / medians['pyHanko']:.2f}; {runs * 10} turns")


class Preloaded(signers.SimpleSigner):
    """pyHanko's own signer, but that the key is loaded once: pyHanko would load it, and check it, at each signature."""

    def __init__(self, key: Path) -> None:
        """Load the key, and its certificate, from one file."""
        loaded = signers.SimpleSigner.load(str(key), str(key))
        super().__init__(loaded.signing_cert, loaded.signing_key, loaded.cert_registry)
        self._private = load_pem_private_key(key.read_bytes(), None)

    def sign_raw(self, data: bytes, digest_algorithm: str) -> bytes:
        """As pyHanko signs."""
        if isinstance(self._private, RSAPrivateKey):
            return self._private.sign(data, PKCS1v15(), SHA256())
        return self._private.sign(data, ECDSA(SHA256()))


def sign_plainly(signer: Preloaded, pdf: bytes) -> None:
    """As pyHanko's own documentation does it."""
    meta = signers.PdfSignatureMetadata(
        field_name="Signature",
        md_algorithm="sha256",
        subfilter=SigSeedSubFilter.PADES,
        certify=True,
        docmdp_permissions=MDPPerm.NO_CHANGES,
    )
    signers.sign_pdf(IncrementalPdfFileWriter(BytesIO(pdf)), meta, signer, output=BytesIO())


def print_plainly(documents: list[Document]) -> None:
    """The same HTML with the same style, by WeasyPrint alone."""
    fonts = FontConfiguration()
    for one in documents:
        style = weasyprint.CSS(string=one.style, font_config=fonts)
        weasyprint.HTML(string=one.html).write_pdf(stylesheets=[style], font_config=fonts)


def command(project: Path, *options: str) -> None:
    """The command, as a person or a job runs it."""
    run(BIN / "inforce", "export-pdfs", *options, folder=project)


def project_of(repo: Path, files: str, top: Path, count: int, workers: int) -> Path:
    """A project with a key that has that many revisions, of all policies in turn."""
    record = record_of(repo, files, top / "imported")
    project = top / "project"
    new_project(project, PLUGIN.format(workers=workers, key=key_of(top, "P-256")))
    folders = [one for one in sorted(record.iterdir()) if one.is_dir()]
    texts = [sorted(path for path in folder.glob("*.md")) for folder in folders]
    chosen = list(take(texts, count))
    for path in chosen + [folder / "policy.yml" for folder in {one.parent for one in chosen}]:
        place = project / "policy_versions" / path.parent.name / path.name
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, place)
    commit(project, "Post them")
    return project


def take(texts: list[list[Path]], count: int) -> Iterator[Path]:
    """That many, the first of each list, then the second …"""
    longest = max(map(len, texts))
    for number, path in enumerate(one[place] for place in range(longest) for one in texts if place < len(one)):
        if number == count:
            return
        yield path


def sheets_of(project: Path) -> list[Sheet]:
    """What the PDFs of a project depend on."""
    with opened(Settings(project), read_clock()) as source:
        renditions = PdfRenditions(source, Languages(), ROOT)
        return [renditions.sheet(revision) for policy in source.record.policies for revision in policy.revisions]


def key_of(folder: Path, kind: str) -> Path:
    """A key with its certificate, made for this run."""
    algorithm, option = KINDS[kind]
    path = folder / f"{kind}.pem"
    if not path.exists():
        key, certificate = folder / "key.pem", folder / "certificate.pem"
        run("openssl", "genpkey", "-algorithm", algorithm, "-pkeyopt", option, "-out", key)
        usage = "keyUsage=critical,digitalSignature,nonRepudiation"
        run("openssl", "req", "-x509", "-key", key, "-subj", "/CN=Benchmark", "-addext", usage, "-out", certificate)
        path.touch(0o600)
        path.write_bytes(key.read_bytes() + certificate.read_bytes())
    return path


if __name__ == "__main__":
    main()
