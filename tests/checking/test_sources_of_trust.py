"""Where a reader has it from who the publisher is: a certificate, a site, the project, the record."""

import shutil
import ssl
import threading
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address

import pytest
from checking.archived_record import PDF
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from repository import FIRST, TERMS, Repository

ALWAYS = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)

# The site -------------------------------------------------------------------------------------------------------------


def site_of(publisher):
    """A built site, as far as this asks for it."""
    folder = publisher.copies / "built"
    (folder / "archive").mkdir(parents=True)
    shutil.copy(publisher.archive / "manifest.json", folder / "archive")
    return folder


def test_a_site_says_whose_signature_it_is(publisher):
    site = site_of(publisher)
    said = publisher.verify(publisher.copy(), "--site", site)
    assert f"which {site} names; get the certificate from elsewhere as well\n" in said.out
    assert said.out.endswith("\n3 checked: 3 authentic\n")


def test_a_copy_is_compared_with_what_the_site_publishes(publisher):
    site, folder = site_of(publisher), publisher.copy()
    said = publisher.verify(folder / PDF, "--site", site)
    assert f"  + manifest: byte for byte what {site} tells of\n" in said.out
    shutil.copy(publisher.archive / "privacy-policy/privacy-policy-2014-03-01.pdf", folder / PDF)
    assert publisher.verify(folder / PDF, "--site", site, status=1)


def test_another_signer_than_the_site_names(publisher):
    site = site_of(publisher)
    manifest = site / "archive/manifest.json"
    certificate = manifest.read_text().partition('"certificate": "')[2][:64]
    manifest.write_text(manifest.read_text().replace(certificate, "0" * 64))
    said = publisher.verify(publisher.copy() / PDF, "--site", site, status=1)
    assert f"which is not the certificate that {site} names" in said.out


@pytest.mark.parametrize("site", ["http://policies.qstore.example", "ftp://policies.qstore.example"])
def test_only_a_secure_address_can_be_trusted(publisher, site):
    said = publisher.verify(publisher.copy(), "--site", site, status=2)
    assert "cannot be trusted" in said.err


def test_an_address_without_its_beginning(publisher):
    said = publisher.verify(publisher.copy(), "--site", "policies.qstore.example", status=2)
    assert "write https://policies.qstore.example if it is the address of a site" in said.err


def test_a_site_without_an_archive(publisher):
    said = publisher.verify(publisher.copy(), "--site", publisher.copies / "archive/privacy-policy", status=1)
    assert "the manifest that it publishes cannot be read" in said.err


def certified(place):
    """A key and a certificate for this machine, in a file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    own = x509.CertificateBuilder(name, name, key.public_key(), 1, ALWAYS[0], ALWAYS[1])
    own = own.add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
    own = own.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True).sign(key, hashes.SHA256())
    pem, pkcs8 = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    place.write_bytes(key.private_bytes(pem, pkcs8, serialization.NoEncryption()) + own.public_bytes(pem))
    return place


class Quiet(SimpleHTTPRequestHandler):
    """Serves a folder, and leads away from `/away/`."""

    def log_message(self, *_):
        pass

    def do_GET(self):
        if not self.path.startswith("/away/"):
            super().do_GET()
            return
        self.send_response(302)
        self.send_header("Location", "http://127.0.0.1:9/manifest.json")
        self.end_headers()


@contextmanager
def serving(folder):
    """The folder at an https address of this machine, and the file of the server's certificate."""
    certificate = certified(folder.parent / "server.pem")
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"https://127.0.0.1:{server.server_address[1]}", certificate
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_a_site_at_an_address(publisher):
    with serving(site_of(publisher)) as (address, certificate):
        publisher.variables = {"SSL_CERT_FILE": str(certificate)}
        copy = publisher.copy() / PDF
        assert publisher.verify(copy, "--site", f"{address}/").out.endswith("1 checked: 1 authentic\n")
        away = publisher.verify(copy, "--site", f"{address}/away", status=1)
        assert "an address without a secure connection" in away.err
        publisher.variables = {}
        unknown = publisher.verify(copy, "--site", address, status=1)
        assert "certificate verify failed" in unknown.err
        assert f"see that {address}/archive/manifest.json can be opened from here" in unknown.err


# The project ----------------------------------------------------------------------------------------------------------


def test_within_the_project_its_own_archive_says_it(publisher):
    said = publisher.verify(publisher.copy(), here=publisher.repo.folder)
    assert "which this project's archive names; get the certificate from elsewhere as well\n" in said.out


@pytest.mark.parametrize("place", ["archive", f"archive/{PDF}", "archive/privacy-policy", "."])
def test_an_archive_cannot_vouch_for_itself(publisher, place):
    """Somebody exchanged all of it, for one that is signed with a key of their own."""
    said = publisher.verify(place, here=publisher.repo.folder, status=1)
    assert "and an archive cannot vouch for itself: give the publisher's certificate (--trust)\n" in said.out
    assert ": authentic\n" not in said.out
    assert publisher.verify(place, "--trust", publisher.pki.root, here=publisher.repo.folder)


def test_a_project_that_is_broken_is_no_help_and_no_harm(publisher):
    (publisher.copies / "mkdocs.yml").write_text("plugins: [[")
    said = publisher.verify(publisher.copy() / PDF, status=1)
    assert "nobody said whom to trust" in said.out


# Certificates ---------------------------------------------------------------------------------------------------------


def test_the_certificates_of_the_archive_will_do_once_their_fingerprint_is_known(publisher):
    folder = publisher.copy()
    said = publisher.verify(folder, "--trust", folder / "certificates.pem")
    assert said.out.endswith("\n3 checked: 3 authentic\n")


def test_one_certificate_is_enough_though_an_intermediate_came_along(publisher):
    pem = publisher.copies / "publisher.pem"
    shutil.copy(publisher.pki.certificate(), pem)
    copy = shutil.copy(publisher.archive / PDF, publisher.copies / "mine.pdf")
    said = publisher.verify(copy, "--trust", pem)
    assert "nobody here vouches for it, and nothing rests on it\n" in said.out
    assert publisher.verify(publisher.copy(), "--trust", pem).out.endswith("\n3 checked: 3 authentic\n")


def test_a_fingerprint_is_enough(publisher):
    own = x509.load_pem_x509_certificate(publisher.pki.certificate().read_bytes()).fingerprint(hashes.SHA256())
    folder = publisher.copy()
    for written in (own.hex(), own.hex().upper(), own.hex(":"), own.hex(":").upper()):
        assert publisher.verify(folder, "--trust", written).out.endswith("\n3 checked: 3 authentic\n")
    other = publisher.verify(folder, "--trust", "0" * 64, status=1)
    assert "whose certificate is not the one that is trusted" in other.out


@pytest.mark.parametrize("content", [None, b"", b"no certificate\n"])
def test_a_file_of_certificates_that_is_none(publisher, content):
    place = publisher.copies / "trust.pem"
    if content is not None:
        place.write_bytes(content)
    said = publisher.verify(publisher.copy(), "--trust", place, status=2)
    assert str(place) in said.err


def test_a_place_that_is_not_there(publisher):
    said = publisher.verify(publisher.copies / "nothing.pdf", status=1)
    assert "is not there" in said.err


# The record -----------------------------------------------------------------------------------------------------------


def against_record(publisher, record=None, status=0, *more):
    copy = publisher.copies / "archive" / PDF
    if not copy.exists():
        publisher.copy()
    return publisher.verify(
        copy, "--trust", publisher.pki.root, "--record", record or publisher.repo.folder, *more, status=status
    )


def test_the_record_has_that_revision(publisher):
    said = against_record(publisher)
    assert "has that revision, with that digest and that posting\n" in said.out
    stated = publisher.copies / "archive/privacy-policy/privacy-policy-2014-03-01.pdf"
    said = publisher.verify(stated, "--trust", publisher.pki.root, "--record", publisher.repo.folder)
    assert "has that revision, with that digest and that posting\n" in said.out


def test_a_record_that_is_nowhere_is_asked_for(publisher):
    said = against_record(publisher, publisher.copies / "nowhere", 2)
    assert f"{publisher.copies}/nowhere: is not there" in said.err
    assert "name the folder that holds policy_versions" in said.err
    said = against_record(publisher, publisher.repo.folder / "policy_versions", 2)
    assert f"name the one that holds it: {publisher.repo.folder}\n" in said.err


def test_the_record_may_lie_in_a_folder_of_the_repository(publisher):
    repo = publisher.repo
    repo.shell("mkdir policies && git mv policy_versions mkdocs.yml policies/ && git commit -qm 'Move the site'")
    said = against_record(publisher, status=None)
    assert "Traceback" not in said.err + said.out


def test_a_record_without_that_revision(publisher):
    other = Repository(publisher.copies / "other", publisher.copies / "home")
    other.commit("2018-04-10T09:00:00+09:00", {"terms/policy.yml": TERMS, "terms/2018-04-10.md": FIRST})
    said = against_record(publisher, other.folder, 1)
    assert "has no revision privacy-policy/2018-04-10" in said.out
    assert "1 cannot tell" in said.out


def test_a_record_with_another_posting(publisher):
    """The same text, posted at another time by a history that was written anew."""
    repo = publisher.repo
    repo.git(
        "commit", "--amend", "-q", "--no-edit", "--date", "2018-04-09T09:00:00+09:00", when="2018-04-09T09:00:00+09:00"
    )
    said = against_record(publisher, status=1)
    assert "says that it was posted on 2018-04-09T00:00:00+00:00" in said.out
    assert "1 altered" in said.out


def test_a_record_with_another_text(publisher):
    repo = publisher.repo
    path = repo.folder / "policy_versions/privacy-policy/2018-04-10.md"
    path.write_text(path.read_text().replace("orders", "visits"))
    repo.git("commit", "-qa", "--amend", "--no-edit", when="2018-04-10T09:00:00+09:00")
    said = against_record(publisher, status=1)
    assert "has that revision with the digest" in said.out
    assert "1 altered" in said.out


def test_a_record_that_cannot_be_relied_upon(publisher):
    """Somebody changed a posted text: the record says so itself, and the copy cannot be held against it."""
    repo = publisher.repo
    path = repo.folder / "policy_versions/privacy-policy/2014-03-01.md"
    path.write_text(path.read_text() + "\nMore.\n")
    repo.git("commit", "-qam", "Mend", when="2018-05-01T09:00:00+09:00")
    said = against_record(publisher, status=1)
    assert "1 cannot tell" in said.out
    assert "policy_versions/privacy-policy/2014-03-01.md" in said.out


@pytest.mark.parametrize("branch", ["main", "published"])
def test_what_is_no_repository(publisher, branch):
    said = against_record(publisher, publisher.copies, 1, "--branch", branch)
    assert "1 cannot tell" in said.out
    assert "Traceback" not in said.err


def test_another_branch(publisher):
    publisher.repo.git("branch", "-m", "published")
    assert "1 cannot tell" in against_record(publisher, status=1).out
    assert "1 authentic" in against_record(publisher, None, 0, "--branch", "published").out
