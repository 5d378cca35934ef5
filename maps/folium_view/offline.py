"""HTML of folium made to stand alone: its links replaced by vendored text, any other address refused."""

from __future__ import annotations

import base64
import re
from pathlib import Path

from boundaries.errors import ExportError

VENDOR = Path(__file__).resolve().parent.parent / "vendor"

LEAFLET = VENDOR / "leaflet-1.9.3"

VENDORED = {
    "https://cdn.jsdelivr.net/npm/leaflet@1.9.3/dist/leaflet.js": LEAFLET / "leaflet.js",
    "https://cdn.jsdelivr.net/npm/leaflet@1.9.3/dist/leaflet.css": LEAFLET / "leaflet.css",
}
"""Address that folium links to, and the file that stands in for it."""

NEVER_FETCHED = (
    "http://www.w3.org/2000/svg",  # the name of a namespace
    "http://www.w3.org/1999/xlink",
    "https://leafletjs.com",  # a link in Leaflet's attribution, which the view turns off
    "https://bugzilla.mozilla.org/show_bug.cgi?id=888319",  # in a comment of leaflet.css
)
"""Addresses inside the vendored text that nothing is loaded from."""

POLICY = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:"
"""Content security policy of the page: the browser itself lets nothing be loaded."""

_LINK = re.compile(r'<script[^>]*\ssrc="([^"]+)"[^>]*>\s*</script>|<link[^>]*\shref="([^"]+)"[^>]*>')
_IMAGE = re.compile(r"url\(([\"']?)((?!data:|#)[^)\"']+)\1\)")
_ADDRESS = re.compile(r"""(?:https?|wss?|ftp):\\?/\\?/[^\s"'<>()`\\]*|(?:src|href)=["']//[^"']*""")


class ExternalAddressError(ExportError):
    """A page that must stand alone would load something from elsewhere."""


def self_contained(html: str) -> str:
    """Return a page with every script and style sheet inside it.

    Raises
    ------
    ExternalAddressError
        When an address is left that is not vendored, naming it.
    """
    html = _LINK.sub(_inlined, html)
    left = sorted({address for address in _ADDRESS.findall(html) if address.rstrip("/") not in NEVER_FETCHED})
    if left:
        raise ExternalAddressError(
            f"the map would load {left[0]} from elsewhere"
            + (f" and {len(left) - 1} more" if len(left) > 1 else "")
            + ": vendor it under maps/vendor, or take it out of the map."
        )
    policy = f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
    return html.replace("<head>", f"<head>\n{policy}", 1)


def _inlined(link: re.Match[str]) -> str:
    address = link[1] or link[2]
    path = VENDORED.get(address)
    if path is None:
        raise ExternalAddressError(
            f"the map links to {address}, which is not vendored: add it under maps/vendor, or take it out of the map."
        )
    content = path.read_text("utf-8")
    if path.suffix == ".css":
        return f"<style>{_IMAGE.sub(lambda found: _data_uri(path.parent / found[2]), content)}</style>"
    return f"<script>{re.sub(r'//# sourceMappingURL=.*', '', content)}</script>"


def _data_uri(path: Path) -> str:
    return f"url(data:image/png;base64,{base64.b64encode(path.read_bytes()).decode()})"
