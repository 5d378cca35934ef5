"""Which planar coordinate reference system a district works in, and the way into it."""

from __future__ import annotations

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray

from geo.errors import CrsError

GRID_M = 0.001
"""Coordinates of blocks are multiples of this, in metres."""

CHINA_LONLAT = (73.4, 17.5, 135.1, 53.6)
"""West, south, east, north of the area in which CGCS2000 zones are used, decimal degrees."""

_FIRST_CGCS2000_ZONE = (
    4534  # EPSG:4534 is CGCS2000 / 3-degree Gauss-Krueger CM 75E; the codes go on eastwards
)


def local_zone(lon: float, lat: float) -> int:
    """Return the EPSG code of the planar zone for a place.

    Parameters
    ----------
    lon, lat
        Decimal degrees.

    Returns
    -------
    int
        In China the 3-degree Gauss-Krueger zone of CGCS2000 (119.03 E gives 4549, meridian 120 E);
        elsewhere the UTM zone of WGS84, without the exceptions of Norway and Svalbard.

    Raises
    ------
    CrsError
        When the place is not on earth, which is what swapped axes often look like.
    """
    if not (-180 <= lon <= 180 and -80 <= lat <= 84):
        raise CrsError(
            f"longitude {lon:.4f}, latitude {lat:.4f} is no place a district can be: the axes may be swapped. "
            "Give the right --crs, or swap the columns."
        )
    west, south, east, north = CHINA_LONLAT
    if west <= lon <= east and south <= lat <= north:
        return _FIRST_CGCS2000_ZONE + round((lon - 75) / 3)
    zone = min(int((lon + 180) // 6) + 1, 60)
    return (32600 if lat >= 0 else 32700) + zone


def planar_srid(crs: pyproj.CRS, lon: float, lat: float) -> int:
    """Return the EPSG code a layer is stored in: its own when planar and in metres, else the local zone.

    Web Mercator is never kept: its areas are 44 % too large at 33.6 degrees north.
    """
    code = crs.to_epsg(min_confidence=70)
    metric = crs.is_projected and all(axis.unit_name in {"metre", "meter"} for axis in crs.axis_info)
    if metric and code is not None and code != 3857:
        return code
    return local_zone(lon, lat)


def to_grid(geometries: NDArray[np.object_]) -> NDArray[np.object_]:
    """Round every coordinate to the 1 mm grid, vertex by vertex, so that shared vertices stay shared.

    Parameters
    ----------
    geometries
        (n,) array of shapely geometries in metres. Heights are dropped.
    """
    flat = shapely.force_2d(geometries)
    # Adding 0.0 turns -0.0 into 0.0, which would otherwise compare equal and be written differently.
    rounded: NDArray[np.object_] = shapely.transform(flat, lambda xy: np.round(xy, 3) + 0.0)
    return rounded
