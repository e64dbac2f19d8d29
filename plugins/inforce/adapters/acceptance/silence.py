"""A database that does not answer: one waits for it, and all others are told at once.

A lock that somebody else holds, or a machine that is gone, is found out by waiting for seconds. Where few threads work
for many people, those would wait one after the other, each as long; and so would whoever wants something else. So while
it is known that nothing is answered, one thread at a time looks whether that has ended. It waits, and then all may ask
again.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

from sqlalchemy.exc import InterfaceError, OperationalError, TimeoutError  # noqa: A004 - SQLAlchemy's own

from inforce.adapters.databases import said

_SILENT = (InterfaceError, OperationalError, TimeoutError)


class Silence:
    """Whether a database is silent, for threads to share."""

    def __init__(self) -> None:
        """Begin with one that answers, as far as is known."""
        self._lock, self._wrong, self._is_tried = Lock(), "", False

    @contextmanager
    def ended(self) -> Iterator[None]:
        """Ask the database something within this.

        Raises:
            OperationalError: it is silent, and another thread is just looking whether it still is.
        """
        is_trying = self._begin()
        try:
            yield
        except _SILENT as wrong:
            self._wrong = said(wrong)
            raise
        else:
            self._wrong = ""
        finally:
            if is_trying:
                self._is_tried = False

    def _begin(self) -> bool:
        """Whether this thread is to find out for the others."""
        with self._lock:
            if not self._wrong:
                return False
            if self._is_tried:
                raise OperationalError(None, None, Exception(self._wrong))
            self._is_tried = True
            return True
