"""What a site says of the register of acceptances."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AcceptanceOption:
    """Where a register answers, and by which keys its receipts are checked.

    Attributes:
        register: its address, with a slash at its end.
        keys: the file of its public keys (RFC 7517), relative to the folder of `mkdocs.yml`.
        start: where the company's own application sends a member to be asked, `{policy}` standing for the policy's
            name; empty where there is no such address.
    """

    register: str
    keys: str
    start: str = ""

    def start_of(self, policy: str) -> str:
        """Where a member begins to be asked about a policy; empty where that is not said."""
        return self.start.replace("{policy}", policy)
