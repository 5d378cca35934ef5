"""The synthetic demo district."""

from boundaries.demo.district import Demo, make_demo
from boundaries.demo.rezoning import Rezoning
from boundaries.demo.tables import CRS

__all__ = ["CRS", "Demo", "Rezoning", "make_demo"]
