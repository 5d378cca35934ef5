"""Small faults of an otherwise clean coverage: closed where almost nothing moves, refused where more would."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from boundaries.errors import ImportFileError
from boundaries.exchange.values import listed
from boundaries.sentences import Said
from geo.coverage import coverage_faults
from geo.crs import to_grid

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from boundaries.exchange.request import ImportReport

MOVED_M2 = 10.0
"""The most area a polygon may gain and lose while faults are closed, square metres; more is refused."""


def fit_coverage(
    polygons: NDArray[np.object_], names: Sequence[str], things: str, report: ImportReport
) -> NDArray[np.object_]:
    """Return polygons that form a valid coverage, and report what was moved for it.

    Polygons that are one already come back untouched. Otherwise overlaps go to the neighbour with the longest
    shared border and missing vertices are added (`shapely.coverage_clean`, no snapping, gap width 0 m: gaps
    stay gaps). This also mends rings that the rounding to 1 mm made touch themselves.

    Parameters
    ----------
    polygons
        (n,) polygons on the 1 mm grid, valid before they were rounded.

    Raises
    ------
    ImportFileError
        When a polygon would have to gain or lose more than `MOVED_M2`, naming the worst and where it is.
    """
    vanished = np.flatnonzero(shapely.area(polygons) == 0)
    if len(vanished):
        raise ImportFileError(
            Said(
                "fit-vanished",
                "{names}: smaller than the 1 mm grid, so nothing is left. Delete the slivers and import again.",
                names=listed([names[n] for n in vanished.tolist()]),
            )
        )
    faults = coverage_faults(polygons)
    bent = np.flatnonzero(~shapely.is_valid(polygons))
    if not faults and not len(bent):
        return polygons
    clean = shapely.coverage_clean  # type: ignore[attr-defined]  # the stubs are older
    fitted = to_grid(clean(polygons, snapping_distance=0.0, gap_width=0.0))
    changed = np.flatnonzero(~shapely.equals_exact(shapely.normalize(fitted), shapely.normalize(polygons)))
    moved_m2 = shapely.area(
        shapely.symmetric_difference(fitted[changed], shapely.make_valid(polygons[changed]))
    )
    sound = (
        not coverage_faults(fitted) and shapely.is_valid(fitted).all() and (shapely.area(fitted) > 0).all()
    )
    if not sound or moved_m2.max(initial=0.0) > MOVED_M2:
        raise _too_much(names, things, changed, moved_m2)
    which = listed([names[n] for n in changed.tolist()])
    report.notes.append(
        Said(
            "fit-fitted",
            "{count} of {all} {layer} overlapped a neighbour, lacked a vertex of it or touched themselves once "
            "rounded to 1 mm; {fitted} were fitted ({names}), {area} m² moved in all, at most {most} m² of one; "
            "snapping 0 m, gap width 0 m; no count changed",
            count=len(faults) + len(bent),
            all=len(polygons),
            layer=things,
            fitted=len(changed),
            names=which,
            area=f"{moved_m2.sum():.3f}",
            most=f"{moved_m2.max(initial=0.0):.3f}",
        )
    )
    return fitted


def _too_much(
    names: Sequence[str], things: str, changed: NDArray[np.int64], moved_m2: NDArray[np.float64]
) -> ImportFileError:
    order = np.argsort(-moved_m2, kind="stable")
    worst = [
        Said("name-and-area", "{name} ({area} m²)", name=names[int(changed[n])], area=f"{moved_m2[n]:,.1f}")
        for n in order.tolist()
        if moved_m2[n] > 0
    ]
    return ImportFileError(
        Said(
            "fit-too-much",
            "the {layer} are no coverage: {names} overlap their neighbours, more than the {most} m² that is fitted "
            "on import. Mend the file (mapshaper -clean, or QGIS 'Check geometries') and import it again.",
            layer=things,
            names=listed(worst),
            most=f"{MOVED_M2:g}",
        )
    )
