"""What stands on the command line: moments, acceptances, fingerprints, and the option that all answers have."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any

import click


class Moment(click.ParamType[Any]):
    """A day, which means its first instant in the policy's time zone, or an instant; `now` is the clock's."""

    name = "instant"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date | datetime | str:
        """Read `2018-05-10`, `2018-05-10T09:00:00+09:00` or `now`."""
        from inforce.core.instant import parse_date, parse_instant

        if not isinstance(value, str) or value == "now":
            return value  # type: ignore[no-any-return]
        try:
            moment = parse_date(value) or parse_instant(value)
        except ValueError as wrong:
            self.fail(str(wrong), param, ctx)
        if moment is None:
            self.fail(f"{value!r} is no day (2018-05-10) and no instant (2018-05-10T09:00:00+09:00)", param, ctx)
        return moment


class AcceptedRevision(click.ParamType[Any]):
    """A revision and the moment at which it was accepted, `REVISION@INSTANT`."""

    name = "revision@instant"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Read `2018-04-10@2018-04-20T12:00:00+09:00`."""
        if not isinstance(value, str):
            return value
        revision, sign, moment = value.partition("@")
        if not sign or not revision:
            self.fail(f"{value!r} is not of the form REVISION@INSTANT", param, ctx)
        return revision, Moment().convert(moment, param, ctx)


class Fingerprint(click.ParamType[str]):
    """The SHA-256 of a certificate, in hexadecimal; colons, capitals and `…=` before it are openssl's."""

    name = "sha256"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Read `AB:CD:…` or `abcd…`."""
        digits = str(value).rpartition("=")[2].strip().replace(":", "").lower()
        if digits and re.fullmatch("[0-9a-f]{64}", digits) is None:
            self.fail(f"{value!r} is no fingerprint: 64 hexadecimal digits, with or without colons", param, ctx)
        return digits


MOMENT, ACCEPTED = Moment(), AcceptedRevision()
FINGERPRINT = Fingerprint()
json_option = click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
