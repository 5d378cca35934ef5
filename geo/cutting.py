"""Cutting polygons of a valid coverage with a line, so that it stays a valid coverage.

A line that ends on a border puts a node there, and the node belongs to the neighbour too: leaving neighbours as they
were made 217 of 300 cuts invalid, because rounding a node to the 1 mm grid bends the border. All touched polygons
are therefore noded together (`shapely.union_all` with a grid size: Hobby's snap rounding) and built anew from the
faces between the lines (`geo.faces`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely
from shapely import LineString, MultiLineString, MultiPolygon
from shapely.geometry.base import BaseGeometry

from geo.coverage import border_segments, coverage_faults
from geo.crs import GRID_M
from geo.errors import CoverageError, LineError
from geo.faces import faces_inside, only_with_nodes
from geo.snapping import SAME_PLACE_M, SNAP_M, fit_line

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    Ints = NDArray[np.int64]
    Shapes = NDArray[np.object_]

SMALLEST_M2 = 20.0
"""Smaller pieces are absorbed by the piece beside them."""

NARROWEST_M = 1.0
"""So are pieces nowhere as wide as this, or as the distance that lines are snapped by."""

ROUNDS = 4
"""Polygons that noding bends although the line does not touch them are taken in this often."""

NO_COVERAGE = (
    "the blocks along the line are no valid coverage, so they cannot be cut; "
    "run `wangge check` and mend them first."
)


@dataclass(frozen=True)
class Cutting:
    """What a line does to n polygons of a coverage.

    Attributes
    ----------
    parent : (m,) int
        Position of the polygon that each new one comes from, ascending; pieces of one polygon in order of falling area.
        A parent that stands once got a node of a neighbour's cut and keeps its shape otherwise; polygons that do not
        stand here are untouched bit for bit.
    polygon : (m,) shapely Polygon or MultiPolygon
        On the 1 mm grid, a valid coverage together with the untouched ones.
    seams
        The new borders between the pieces of one polygon.
    """

    parent: Ints
    polygon: Shapes
    seams: MultiLineString

    def cut(self) -> Ints:
        """Return the positions of the polygons that are in pieces now, ascending."""
        parent, count = np.unique(self.parent, return_counts=True)
        return parent[count > 1]


def cut_coverage(
    polygons: Shapes, line: LineString, may_cut: NDArray[np.bool_] | None = None, snap_m: float = SNAP_M
) -> Cutting:
    """Cut polygons of a valid coverage with a line.

    Parameters
    ----------
    polygons
        (n,) polygons of a valid coverage on the 1 mm grid: at least all that the line comes within ``snap_m`` of,
        and all that touch those.
    line
        Of `geo.snapping.drawn_line`. It is snapped to vertices and borders within ``snap_m`` and follows a border
        where it runs along one. What stops inside a polygon, or runs beyond those that may be cut, is trimmed.
    may_cut
        (n,) which polygons may be cut; others get nodes at most. None: all.

    Returns
    -------
    Cutting
        With at least one polygon in pieces, none under `SMALLEST_M2` or narrower than `NARROWEST_M` unless it
        was that before.

    Raises
    ------
    LineError
        When the line cuts nothing, with the reason; "line-through-hole" when it leaves the ground of the polygons and
        comes back.
    CoverageError
        When the polygons are no valid coverage.
    """
    require_ground(polygons, line, snap_m)
    return cut_along(polygons, fit_line(line, polygons, snap_m), may_cut, snap_m)


def cut_along(
    polygons: Shapes, fitted: BaseGeometry, may_cut: NDArray[np.bool_] | None = None, snap_m: float = SNAP_M
) -> Cutting:
    """Cut as `cut_coverage` does, along one or more lines that `geo.snapping.fit_line` has brought onto the polygons.

    Raises
    ------
    LineError
        When the lines cut nothing, with the reason.
    CoverageError
        When the polygons are no valid coverage.
    """
    touched = np.flatnonzero(shapely.dwithin(polygons, fitted, SAME_PLACE_M))
    faces = faces_inside(polygons, touched, [fitted])
    kinds = {at: np.arange(len(its)) for at, its in faces.items()}
    may = np.ones(len(polygons), dtype=bool) if may_cut is None else may_cut
    return cut_between(polygons, fitted, faces, kinds, may, snap_m)


def cut_between(
    polygons: Shapes,
    fitted: BaseGeometry,
    faces: Mapping[int, Shapes],
    kinds: Mapping[int, Ints | NDArray[np.bool_]],
    may_cut: NDArray[np.bool_],
    snap_m: float = SNAP_M,
) -> Cutting:
    """Cut as `cut_along` does, but only between faces of different kinds.

    Parameters
    ----------
    faces
        Of `faces_inside`, of all polygons the line touches.
    kinds
        The kind of each face, for each of these polygons.

    Raises
    ------
    LineError
        When nothing is cut, with the reason.
    CoverageError
        When the polygons are no valid coverage.
    """
    groups = _pieces(polygons, faces, kinds, may_cut, snap_m)
    lines = _seams([pieces for pieces in groups.values() if len(pieces) > 1])
    if not len(lines):
        touched = np.array([*faces], dtype=np.int64)
        raise why_nothing(polygons[touched], fitted, may_cut[touched], snap_m)
    seams = shapely.line_merge(shapely.union_all(lines))
    is_whole = abs(seams.length - fitted.length) < GRID_M
    return _with_seams(polygons, groups, seams, faces, is_whole=is_whole)


def require_ground(polygons: Shapes, line: LineString, snap_m: float = SNAP_M) -> None:
    """Refuse a line that misses all polygons, or that leaves their ground and comes back.

    Raises
    ------
    LineError
        "line-outside" or "line-through-hole".
    CoverageError
        When the polygons are no valid coverage.
    """
    near_m = max(snap_m, NARROWEST_M)
    near = polygons[shapely.dwithin(polygons, line, near_m)]
    # United, for what runs along a border is held by the polygons of both sides.
    held = shapely.union_all(shapely.intersection(near, line))
    if abs(held.length - line.length) < GRID_M:
        return
    ground = shapely.coverage_union_all(near)
    if not ground.is_valid:
        raise CoverageError(NO_COVERAGE)
    if ground.is_empty:
        raise LineError("line-outside", "the line lies outside the district; draw it across a block.")
    beyond = shapely.get_parts(shapely.difference(line, ground))
    ends = shapely.points(shapely.get_coordinates(line)[[0, -1]])
    for stretch in beyond:
        if stretch.is_empty or shapely.dwithin(ends, stretch, GRID_M / 2).any():
            continue
        if not shapely.difference(stretch, shapely.buffer(ground, near_m)).is_empty:
            x, y = stretch.interpolate(0.5, normalized=True).coords[0]
            raise LineError(
                "line-through-hole",
                f"the line leaves the blocks at ({x:.1f}, {y:.1f}) and comes back; draw one line on each side.",
            )


def _pieces(
    polygons: Shapes,
    faces: Mapping[int, Shapes],
    kinds: Mapping[int, Ints | NDArray[np.bool_]],
    may_cut: NDArray[np.bool_],
    snap_m: float,
) -> dict[int, list[BaseGeometry]]:
    """Return what each polygon falls into between faces of different kinds, slivers absorbed."""
    return {
        at: _absorbed(_whole_parts(polygons[at], _joined(its, kinds[at])), max(NARROWEST_M, snap_m))
        if may_cut[at] and (kinds[at] != kinds[at][:1]).any()
        else [polygons[at]]
        for at, its in faces.items()
    }


def _joined(faces: Shapes, kinds: Ints | NDArray[np.bool_]) -> Shapes:
    """Unite faces of the same kind that touch."""
    different = sorted(set(kinds.tolist()))
    if len(different) == len(faces):
        return faces
    return np.concatenate([shapely.get_parts(_united(faces[kinds == kind])) for kind in different])


def _whole_parts(polygon: BaseGeometry, faces: Shapes) -> list[BaseGeometry]:
    """Join the parts of a multipolygon that the line leaves whole to the largest face."""
    if shapely.get_num_geometries(polygon) == 1 or len(faces) < 2:
        return list(faces)
    parts = shapely.get_parts(polygon)
    owner = shapely.STRtree(parts).nearest(shapely.point_on_surface(faces))
    whole = np.bincount(owner, minlength=len(parts))[owner] == 1
    if whole.all():
        return [MultiPolygon(list(faces))]
    whole[np.argmax(np.where(whole, -1.0, shapely.area(faces)))] = True
    return [MultiPolygon(list(faces[whole])), *faces[~whole]]


def _absorbed(pieces: list[BaseGeometry], width_m: float) -> list[BaseGeometry]:
    """Unite pieces that are too small or too narrow with the sibling they share most border with, smallest first."""
    pieces = sorted(pieces, key=shapely.area)
    while len(pieces) > 1:
        at = next((k for k, piece in enumerate(pieces) if is_sliver(piece, width_m)), None)
        if at is None:
            break
        sliver = pieces.pop(at)
        shared = shapely.length(shapely.intersection(shapely.boundary(pieces), shapely.boundary(sliver)))
        into = int(np.argmax(shared))
        pieces[into] = shapely.coverage_union_all([pieces[into], sliver])
        pieces.sort(key=shapely.area)
    return pieces


def is_sliver(piece: BaseGeometry, width_m: float = NARROWEST_M) -> bool:
    """Whether a piece is too small, or nowhere as wide as a width in metres."""
    area = piece.area
    if area < SMALLEST_M2:
        return True
    # A simply connected area holds a circle of its area over its perimeter (Bonnesen): most pieces are plainly wide.
    whole = piece.geom_type == "Polygon" and not shapely.get_num_interior_rings(piece)
    if whole and area > piece.length * width_m / 2:
        return False
    return bool(shapely.is_empty(shapely.buffer(piece, -width_m / 2)))


def _seams(groups: list[list[BaseGeometry]]) -> Shapes:
    """Return the segments that two pieces of one polygon share, of the pieces of each polygon."""
    segments = border_segments(_shapes([piece for pieces in groups for piece in pieces]))
    of = np.repeat(np.arange(len(groups)), [len(pieces) for pieces in groups])
    shared = segments.right >= 0
    shared[shared] = of[segments.left[shared]] == of[segments.right[shared]]
    lines = shapely.linestrings(np.stack([segments.start[shared], segments.end[shared]], axis=1))
    return np.asarray(lines, dtype=object)


def _with_seams(
    polygons: Shapes,
    groups: dict[int, list[BaseGeometry]],
    seams: BaseGeometry,
    faces: Mapping[int, Shapes],
    *,
    is_whole: bool,
) -> Cutting:
    """Build polygons anew with the new borders only, taking in neighbours that the noding bends.

    Parameters
    ----------
    faces
        Of what the whole line touches. They are used as long as noding with all of it moved no corner.
    is_whole
        Whether all of the line became a border. Where it did not, it leaves no nodes either.
    """
    touched = np.array([*faces])
    if not is_whole:
        touched = touched[shapely.dwithin(polygons[touched], seams, SAME_PLACE_M)]
    built = [
        _largest_first(groups[at]) if len(groups[at]) > 1 else [_united(faces[at])] for at in touched.tolist()
    ]
    if not is_whole:
        built = only_with_nodes(built, [*polygons[touched], seams])
    for turn in range(ROUNDS):
        result = _changed(polygons, touched, built, seams)
        if result is not None:
            if _keeps_rim(polygons, result):
                return result
            bent = _bent(polygons, result)
            if not len(bent):
                return result
            if turn and np.isin(bent, touched).all():
                break
            touched = np.union1d(touched, bent)
        elif turn:
            break
        noded = faces_inside(polygons, touched, [seams])
        built = [_regrouped(noded[at], groups.get(at, [])) for at in touched.tolist()]
    raise CoverageError(NO_COVERAGE)


def _changed(
    polygons: Shapes, touched: Ints, built: list[list[BaseGeometry]], seams: BaseGeometry
) -> Cutting | None:
    """Return what became other polygons than they were; None when what was built of one does not fill it."""
    parent: list[int] = []
    changed: list[BaseGeometry] = []
    for at, new in zip(touched.tolist(), built, strict=True):
        # A gap is no fault of a coverage; here it would be ground that no face was given to.
        if abs(sum(piece.area for piece in new) - polygons[at].area) > GRID_M * polygons[at].length:
            return None
        if len(new) > 1 or not _same(new[0], polygons[at]):
            parent += [at] * len(new)
            changed += new
    return Cutting(np.array(parent, dtype=np.int64), _shapes(changed), _multi(seams))


def _regrouped(faces: Shapes, pieces: list[BaseGeometry]) -> list[BaseGeometry]:
    """Unite faces to the pieces they lie in, largest piece first."""
    if len(pieces) < 2:
        return [_united(faces)]
    among = _shapes(pieces)[None, :]
    holds = shapely.intersects(shapely.point_on_surface(faces)[:, None], among)
    if (holds.sum(axis=1) == 1).all():
        of = np.argmax(holds, axis=1)
    else:
        of = np.argmax(shapely.area(shapely.intersection(faces[:, None], among)), axis=1)
    united = [_united(faces[of == k]) for k in range(len(pieces)) if (of == k).any()]
    return _largest_first(united)


def _largest_first(pieces: list[BaseGeometry]) -> list[BaseGeometry]:
    return sorted(pieces, key=lambda piece: (-piece.area, piece.bounds))


def _united(faces: Shapes) -> BaseGeometry:
    return faces[0] if len(faces) == 1 else shapely.coverage_union_all(faces)


def _same(new: BaseGeometry, old: BaseGeometry) -> bool:
    return bool(shapely.equals_exact(shapely.normalize(new), shapely.normalize(old), tolerance=0.0))


def _shapes(geometries: list[BaseGeometry]) -> Shapes:
    shapes = np.empty(len(geometries), dtype=object)
    shapes[:] = geometries
    return shapes


def _multi(lines: BaseGeometry) -> MultiLineString:
    return MultiLineString(list(shapely.get_parts(lines)))


def _keeps_rim(polygons: Shapes, result: Cutting) -> bool:
    """Whether the common rim of all that changed has the segments it had, so that the neighbours fit as before.

    Then no segment of the polygons and of what became of them stands alone: on the rim both have it, inside two
    polygons or two pieces do. What is inside fits by itself, for it is made of the faces of one noding.
    """
    together = np.concatenate([polygons[np.unique(result.parent)], result.polygon])
    return bool((border_segments(together).right >= 0).all())


def _bent(polygons: Shapes, result: Cutting) -> Ints:
    """Return the polygons whose borders no longer fit once the new ones are put in their place."""
    near = np.zeros(len(polygons), dtype=bool)
    near[shapely.STRtree(polygons).query(result.polygon)[1]] = True
    near[result.parent] = False
    untouched = np.flatnonzero(near)
    together = np.concatenate([result.polygon, polygons[untouched]])
    origin = np.concatenate([result.parent, untouched])
    return np.unique(origin[[fault.index for fault in coverage_faults(together)]]).astype(np.int64)


def why_nothing(touched: Shapes, line: BaseGeometry, may_cut: NDArray[np.bool_], snap_m: float) -> LineError:
    """Say why a line that comes onto some polygons cuts none of them."""
    near = max(snap_m, NARROWEST_M)
    borders = shapely.union_all(shapely.boundary(touched))
    if shapely.difference(line, shapely.buffer(borders, near)).is_empty:
        return LineError(
            "line-along-border", "the line runs along a border that is there already; draw it across a block."
        )
    found = faces_inside(touched, np.flatnonzero(may_cut), [line])
    faces = [face for faces in found.values() for face in faces]
    small = [face for face in faces if face.area < SMALLEST_M2]
    narrow = [face for face in faces if is_sliver(face, near)]
    if small:
        return LineError(
            "sliver",
            f"the line cuts off {min(face.area for face in small):.1f} m²; a piece has at least {SMALLEST_M2:g} m².",
        )
    if narrow:
        return LineError(
            "line-too-close",
            f"the line leaves a strip nowhere {near:g} m wide; draw it farther from the border.",
        )
    return LineError(
        "line-not-across", "the line does not reach across a block; draw it from border to border."
    )
