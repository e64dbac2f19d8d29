"""`sitemap.xml` (sitemaps.org, version 0.9) with true dates, and its compressed twin.

The whole format; `lastmod` is the instant at which what the page says last changed, and is left out where nobody
knows it::

    <?xml version="1.0" encoding="UTF-8"?>
    <urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
    <url><loc>https://policies.qstore.example/privacy-policy/</loc><lastmod>2018-04-10T00:00:00+00:00</lastmod></url>
    <url><loc>https://policies.qstore.example/members/</loc></url>
    </urlset>
"""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from datetime import UTC, datetime
from xml.sax.saxutils import escape

from inforce.core.instant import format_instant


def sitemap(pages: Mapping[str, datetime | None]) -> bytes:
    """The sitemap of these pages: their whole addresses, in this order, with the instants of their last changes."""
    lines = [f"<url><loc>{escape(place)}</loc>{_last_change(changed)}</url>\n" for place, changed in pages.items()]
    head = '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
    return f"{head}{''.join(lines)}</urlset>\n".encode()


def compressed(data: bytes) -> bytes:
    """The same as gzip has it; without a date, so that the same gives the same bytes."""
    return gzip.compress(data, mtime=0)


def _last_change(changed: datetime | None) -> str:
    if changed is None:
        return ""
    return f"<lastmod>{format_instant(changed.replace(microsecond=0), UTC)}</lastmod>"
