"""The graph of the demo district's blocks, with what runs along their borders and who lives in them."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from boundaries.demo.blocks import Blocks
from boundaries.demo.streets import Network
from boundaries.demo.zones import Zone
from geo.barriers import BarrierLines, classify_borders
from geo.coverage import border_segments, connected_pieces

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class BlockGraph:
    """Blocks as nodes, shared borders as edges.

    Attributes
    ----------
    edges, border_m, barrier
        (m, 2) pairs, (m,) metres, (m,) codes of `geo.barriers.Barrier`.
    outer_m, area_m2, xy
        (n,) metres on the district's rim, (n,) square metres, (n, 2) centroids.
    residents, households, residents_2006
        (n,) counts.
    quarter, village
        (n,) quarter each block lies in, and village or -1.
    zone, use
        (n,) character of the quarter and use of the block.
    """

    edges: Ints
    border_m: Floats
    barrier: Ints
    outer_m: Floats
    area_m2: Floats
    xy: Floats
    residents: Ints
    households: Ints
    residents_2006: Ints
    quarter: Ints
    village: Ints
    zone: NDArray[np.object_]
    use: NDArray[np.object_]

    def __len__(self) -> int:
        return len(self.area_m2)

    def is_connected(self, members: NDArray[np.bool_]) -> bool:
        """Whether some blocks hang together by shared borders; none at all do not."""
        pieces = connected_pieces(len(self), self.edges, members.astype(np.int64))
        return len(np.unique(pieces[members])) == 1


def make_graph(
    ground: Blocks,
    blocks: gpd.GeoDataFrame,
    network: Network,
    roads: gpd.GeoDataFrame,
    water: gpd.GeoDataFrame,
    walls: gpd.GeoDataFrame,
) -> BlockGraph:
    """Measure borders and collect the blocks' columns."""
    arterial = (roads["class"] == "arterial").to_numpy()
    lines = BarrierLines(
        roads=np.asarray(roads.geometry.values)[~arterial],
        arterials=np.asarray(roads.geometry.values)[arterial],
        water=np.asarray(water.geometry.values)[(water["kind"] != "pond").to_numpy()],
        walls=np.asarray(walls.geometry.values),
    )
    adjacency, barrier = classify_borders(border_segments(ground.polygons), len(blocks), lines)
    parcels = [network.parcels[number] for number in ground.parcel.tolist()]
    rural = {Zone.VILLAGE: Zone.RURAL}
    return BlockGraph(
        edges=adjacency.edges,
        border_m=adjacency.border_m,
        barrier=barrier,
        outer_m=adjacency.outer_m,
        area_m2=shapely.area(ground.polygons),
        xy=shapely.get_coordinates(shapely.centroid(ground.polygons)),
        residents=blocks["residents"].to_numpy(dtype=np.int64),
        households=blocks["households"].to_numpy(dtype=np.int64),
        residents_2006=blocks["residents_2006"].to_numpy(dtype=np.int64),
        quarter=np.array([parcel.quarter for parcel in parcels], dtype=np.int64),
        village=np.array([parcel.village for parcel in parcels], dtype=np.int64),
        zone=np.array([rural.get(parcel.zone, parcel.zone) for parcel in parcels], dtype=object),
        use=blocks["use"].to_numpy(dtype=object),
    )
