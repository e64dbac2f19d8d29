"""An `acceptances.yml`, and what it names: the register, its private keys, and the public ones of all times."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from inforce.adapters.acceptance.register_store import Register, open_register
from inforce.adapters.acceptance.signing_keys import read_keys
from inforce.adapters.secret import secret_of
from inforce.core.acceptance_settings import AcceptanceSettings
from inforce.core.errors import ConfigurationError, Problem
from inforce.formats.acceptance.jwks import Jwks, SigningKey, read_jwks
from inforce.formats.acceptance.settings_file import parse_acceptances
from inforce.workflows.settings import Settings
from inforce.workflows.settings_file import read_settings_file

_MOST = 1 << 20


def read_acceptances_file(path: Path) -> AcceptanceSettings:
    """What the operator set up.

    Raises:
        ConfigurationError: the file cannot be read, or something in it cannot be: all of it together.
    """
    return read_settings_file(path, parse_acceptances, "docs/acceptance.md")


@contextmanager
def register_of(settings: AcceptanceSettings, folder: Path, *, writes: bool) -> Iterator[Register]:
    """The register; with `writes` no, it has to be there, and nothing is left in it.

    Args:
        settings: what the operator set up.
        folder: where that is: what it names is relative to it.
        writes: whether anything will be added.

    Raises:
        ConfigurationError: what is named is not there, or not what it should be.
        NotThereError: there is no register, and `writes` is no.
        UnavailableError: the database does not answer.
    """
    password = secret_of(settings.database.password, folder)
    with open_register(settings.database.address, password, folder, writes=writes) as register:
        yield register


def signing_key_of(settings: AcceptanceSettings, folder: Path) -> SigningKey:
    """The private key that signs; all keys have to be among the public ones, so that what they sign can be checked.

    Raises:
        ConfigurationError: a key cannot be read, or is missing among the public ones.
    """
    keys, public = read_keys(settings.keys, folder), public_keys_of(settings, folder)
    missing = [
        f"the key {key.kid} of {name} is not in it: nobody could check what it signs"
        for name, key in zip(settings.keys, keys, strict=True)
        if public.find(key.kid) is None
    ]
    if missing:
        todo = (
            "put its public key back, if it was there once; otherwise make another with "
            "`inforce acceptances new-key` and --jwks, publish the file, and then name that key first in `keys`"
        )
        raise ConfigurationError([Problem(settings.public_keys, what, todo) for what in missing])
    return keys[0]


def what_the_site_says_otherwise(setup: AcceptanceSettings, path: Path, site: Settings) -> Iterator[Problem]:
    """Warnings about what the site tells members of this register, and is not so; nothing where it speaks of none.

    Args:
        setup: how the register is set up.
        path: the file in which that stands.
        site: the options of the site.

    Raises:
        ConfigurationError: the register's own keys are at fault.
    """
    option = site.acceptance
    if option is None:
        return
    if option.register != setup.address:
        what = f"warning: the site says that the register answers at {option.register}"
        yield Problem(str(path), what, "say the same in mkdocs.yml (`acceptance: register`) and here (`address`)")
    key = signing_key_of(setup, path.parent)
    try:
        is_known = read_key_set(site.folder / option.keys, option.keys).find(key.kid) is not None
    except ConfigurationError as wrong:
        for one in wrong.problems:
            yield Problem(one.path, f"warning: the site's `acceptance: keys`: {one.what}", one.todo)
        return
    if not is_known:
        what = f"warning: the site's `acceptance: keys` lacks the key {key.kid} that signs here: no receipt would check"
        yield Problem(option.keys, what, "name the same file in mkdocs.yml as in `public_keys`, and publish the site")


def public_keys_of(settings: AcceptanceSettings, folder: Path) -> Jwks:
    """The public keys of all times.

    Raises:
        ConfigurationError: the file cannot be read, or is no key set.
    """
    return read_key_set(folder / settings.public_keys, settings.public_keys)


def read_key_set(path: Path, shown: str) -> Jwks:
    """The keys of a file; `shown` is what a person calls it.

    Raises:
        ConfigurationError: it cannot be read, or is no key set.
    """
    try:
        with path.open("rb") as file:
            return read_jwks(file.read(_MOST))
    except OSError as wrong:
        todo = (
            "name the file with the register's public keys, as the site has it under accept/keys.json; "
            "`inforce acceptances new-key` makes it with --jwks, together with a key"
        )
        raise ConfigurationError([Problem(shown, f"this cannot be read: {wrong.strerror}", todo)]) from None
    except ValueError as wrong:
        todo = "name the file with the register's public keys, as the site has it under accept/keys.json"
        raise ConfigurationError([Problem(shown, f"this has no keys: {wrong}", todo)]) from None
