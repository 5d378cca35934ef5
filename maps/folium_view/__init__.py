"""Maps as one HTML file that opens with no network: for reports, notebooks and downloads."""

from maps.folium_view.offline import ExternalAddressError, self_contained
from maps.folium_view.view import render_map

__all__ = ["ExternalAddressError", "render_map", "self_contained"]
