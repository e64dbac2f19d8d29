"""The option `signing`: with which key revisions are signed, and how well.

Shown whole; `key` or `token`, and the rest as it is needed::

    signing:
      key: /etc/inforce/qstore.p12      # PKCS#12, or PEM
      certificate: qstore.pem           # if it is not in the file of the key, or in the token
      token:                            # a key in a device, by PKCS#11
        module: /usr/lib/softhsm/libsofthsm2.so
        label: Qstore                   # of the token
        key: signing                    # the label of the key
      chain: [intermediate.pem]         # further certificates, up to the root
      trust: [root.pem]                 # the roots of the signer and of the authority, needed from B-LT on
      passphrase: QSTORE_PASSPHRASE     # the name of an environment variable
      level: B-LTA                      # B-B, B-T, B-LT or B-LTA; B-B if left out
      timestamps: https://tsa.example/  # a time-stamping authority (RFC 3161), needed from B-T on

Files are relative to `mkdocs.yml`. No value is ever shown in an error that could be a passphrase.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from inforce.core.archive import Level
from inforce.core.errors import Fault, did_you_mean
from inforce.core.signing import PASSPHRASE, KeyInFile, KeyInToken, Signing

_KEYS = ("key", "certificate", "token", "chain", "trust", "passphrase", "level", "timestamps")
_TOKEN_KEYS = ("module", "label", "key")
_VARIABLE = re.compile(r"[A-Z_][A-Z0-9_]*\Z")


class SigningOptions:
    """What is written in the option `signing`, and whatever is wrong with it: its `faults`."""

    def __init__(self, written: Mapping[Any, Any], folder: Path) -> None:
        """Read it; paths are relative to the folder."""
        self.faults: list[Fault] = []
        self._written, self._folder = written, folder
        self._no_others(written, _KEYS, "signing")
        key, level = self._key(), self._level()
        passphrase, timestamps = self._passphrase(), self._timestamps()
        chain, trust = self._paths("chain"), self._paths("trust")
        if level.rank >= Level.B_T.rank and "timestamps" not in written:
            what = f"signing: the level {level} needs a time-stamping authority"
            self._fault(what, "give its address: `timestamps: https://…` (RFC 3161)")
        if level.rank >= Level.B_LT.rank and "trust" not in written:
            what = f"signing: the level {level} needs roots against which validation information is gathered"
            self._fault(what, "name the root certificates of the signer and of the authority: `trust: [root.pem]`")
        self.signing = Signing(key, level, passphrase, timestamps, chain, trust)

    def _key(self) -> KeyInFile | KeyInToken:
        written = self._written
        if ("key" in written) == ("token" in written):
            what = "both `key` and `token` are given" if "key" in written else "neither `key` nor `token` is given"
            todo = "write `key` for a key in a file, `token` for one in a device; without `signing` a test key signs"
            self._fault(f"signing: {what}", todo)
        certificate = self._path("certificate") if "certificate" in written else None
        if "token" in written:
            return self._token(written["token"], certificate)
        return KeyInFile(self._path("key") if "key" in written else "", certificate)

    def _token(self, token: Any, certificate: str | None) -> KeyInToken:
        if not isinstance(token, Mapping):
            self._fault("signing: token: is no mapping", "write `token: {module: PATH, label: TOKEN, key: LABEL}`")
            return KeyInToken("", "", "", certificate)
        self._no_others(token, _TOKEN_KEYS, "signing: token")
        for missing in (key for key in _TOKEN_KEYS if key not in token):
            self._fault(f"signing: token: `{missing}` is missing", f"a token has {_listed(_TOKEN_KEYS)}")
        module = self._whole(token["module"], "token: module") if "module" in token else ""
        label, key = (self._text(token[one], f"token: {one}") if one in token else "" for one in ("label", "key"))
        return KeyInToken(module, label, key, certificate)

    def _level(self) -> Level:
        written, known = self._written.get("level", Level.B_B), [str(one) for one in Level]
        if written in known:
            return Level(written)
        near = did_you_mean(str(written).upper().replace("_", "-"), known)
        self._fault(f"signing: there is no level `{written}`{near}", f"the levels are {_listed(known)}")
        return Level.B_B

    def _passphrase(self) -> str:
        written = self._written.get("passphrase", PASSPHRASE)
        if isinstance(written, str) and _VARIABLE.match(written):
            return written
        what = "signing: passphrase: is not the name of an environment variable (what it is, is not repeated here)"
        todo = f"write a name in capitals, as {PASSPHRASE}, and never the passphrase itself; if it was, change it"
        self._fault(what, todo)
        return PASSPHRASE

    def _timestamps(self) -> str:
        written = self._written.get("timestamps", "http://none")
        try:
            parts = urlsplit(written if isinstance(written, str) else "")
            is_address = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
        except ValueError:
            is_address = False
        if not is_address:
            what = "signing: timestamps: is not the address of a time-stamping authority"
            self._fault(what, "write `timestamps: https://…`, where one answers (RFC 3161)")
        return written if is_address and "timestamps" in self._written else ""

    def _paths(self, key: str) -> tuple[str, ...]:
        written = self._written.get(key, [])
        if not isinstance(written, list) or ("trust" in self._written and key == "trust" and not written):
            self._fault(f"signing: {key}: is no list of files", f"write `{key}: [certificate.pem]`")
            return ()
        return tuple(self._whole(one, key) for one in written)

    def _path(self, key: str) -> str:
        return self._whole(self._written[key], key)

    def _whole(self, written: Any, key: str) -> str:
        return _tidy(self._folder / Path(self._text(written, key)).expanduser())

    def _text(self, written: Any, key: str) -> str:
        if isinstance(written, str) and written:
            return written
        self._fault(f"signing: {key}: is no text", "write a text; put one that looks like a number into quotes")
        return ""

    def _no_others(self, written: Mapping[Any, Any], known: tuple[str, ...], where: str) -> None:
        for key in (one for one in written if one not in known):
            self._fault(f"{where}: there is no `{key}`{did_you_mean(str(key), known)}", f"there are {_listed(known)}")

    def _fault(self, what: str, todo: str) -> None:
        self.faults.append(Fault(what, todo))


def _tidy(path: Path) -> str:
    """The path without `..`; where a link stands before one, what the link leads to is named."""
    tidy = os.path.normpath(path)
    return tidy if os.path.realpath(tidy) == os.path.realpath(path) else os.path.realpath(path)


def _listed(words: Iterable[str]) -> str:
    return ", ".join(words)
