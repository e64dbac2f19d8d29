"""What the files have in common by which an operator sets up a job: secrets elsewhere, databases, times, numbers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta

from inforce.core.errors import Fault
from inforce.core.secret import Database, Secret
from inforce.formats.strict_yaml import Fields, Keys

DATABASE_KEYS = ("database", "password_file", "password_env")
_SECONDS = re.compile(r"([1-9]\d{0,3})(?: seconds?|s)", re.ASCII)
_NUMBER = re.compile(r"[1-9]\d{0,4}", re.ASCII)
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)
_DATABASE = re.compile(r"[a-z][a-z0-9_]*(?:\+[a-z0-9_]+)?://", re.ASCII)
_PASSWORD = re.compile(r"//[^/@]*:[^/@]*@|[?&](?:password|passwd|sslpassword)=", re.ASCII)
_SECRETS = ("password", "secret", "key", "token")
_RATE = re.compile(r"([1-9]\d{0,5})(?: per (second|minute|hour))?", re.ASCII)
_PER = {None: 1, "second": 1, "minute": 60, "hour": 3600}


def nested(top: Fields, keys: Keys, key: str, known: Sequence[str]) -> Fields | None:
    """The fields of a mapping under a key; None where there is none, or it is wrong. A secret in it is a fault."""
    value = keys.values.get(key)
    if value is None:
        return None
    if not isinstance(value, Keys):
        top.fault(key, f"`{key}` has to be a list of keys", f"write under it lines of the form `  {known[0]}: …`")
        return None
    for name in value.values:
        if name in _SECRETS:
            todo = f"write `{name}_file` or `{name}_env`, take the secret out of here, and change it"
            top.faults.append(
                Fault(f"`{key}: {name}`: a secret in this file is read by everybody", todo, value.lines[name])
            )
    rest = {name: one for name, one in value.values.items() if name not in _SECRETS}
    return Fields(Keys(rest, value.lines, value.line), known)


def required(fields: Fields, key: str, what: str) -> str | None:
    """A text that has to be there; `what` says what it is."""
    if fields.line(key) is None:
        fields.faults.append(Fault(f"`{key}` is missing", f"add `{key}: …`: {what}", fields.first_line))
    return fields.text(key)


def number(fields: Fields, key: str, default: int) -> int:
    """A whole number from 1 to 99999."""
    text = fields.text(key)
    if text is None:
        return default
    if not _NUMBER.fullmatch(text):
        fields.fault(key, f"`{key}: {text}` is no number that can stand here", f"write `{key}: {default}` or so")
        return default
    return int(text)


def timeout_of(fields: Fields, default: int) -> timedelta:
    """How long an answer is waited for; `default` in seconds."""
    text = fields.text("timeout")
    found = _SECONDS.fullmatch(text) if text else None
    if text and not found:
        fields.fault("timeout", f"`timeout: {text}` is not understood", "write `30 seconds`")
    return timedelta(seconds=int(found[1]) if found else default)


def secret_field(fields: Fields, name: str) -> Secret | None:
    """Where a secret is, by `…_file` or `…_env`; None where neither is there."""
    file, variable = fields.text(f"{name}_file"), fields.text(f"{name}_env")
    if file and variable:
        fields.fault(f"{name}_env", f"there are `{name}_file` and `{name}_env`", "leave one of them out")
    if variable and not _VARIABLE.fullmatch(variable):
        fields.fault(f"{name}_env", f"`{name}_env` has to be the name of a variable", "write it as MAIL_PASSWORD")
    return Secret(file or "", variable or "") if file or variable else None


def rate_field(top: Fields, key: str) -> float | None:
    """How many there may be in a second; None where nothing is said."""
    text = top.text(key)
    found = _RATE.fullmatch(text) if text else None
    if text and not found:
        top.fault(key, f"`{key}: {text}` is not understood", "write `20 per second`, `100 per minute` or so")
    return int(found[1]) / _PER[found[2]] if found else None


def database_field(top: Fields, keys: Keys, key: str, default: str) -> Database:
    """A database: an address, or a mapping with the address and where the password is; `default` where none is said."""
    if not isinstance(keys.values.get(key), Keys):
        return Database(database_address(top, key, top.text(key) or default, default))
    fields = nested(top, keys, key, DATABASE_KEYS)
    if fields is None:
        return Database(default)
    said = required(fields, "database", "an SQLAlchemy address") or default
    address, password = database_address(fields, "database", said, default), secret_field(fields, "password")
    top.faults += fields.faults
    return Database(address, password)


def database_address(fields: Fields, key: str, address: str, example: str) -> str:
    """The address, which is at fault where it is none or has a password in it."""
    if not _DATABASE.match(address):
        fields.fault(key, f"`{key}` is no SQLAlchemy address", f"write it as {example}")
    elif _PASSWORD.search(address):
        todo = "take the password out, change it, and write `password_file` or `password_env` beside `database`"
        fields.fault(key, f"`{key}` has a password in it, which is read by everybody", todo)
    return address
