"""The synthetic demo district."""

from boundaries.demo.district import CRS, Demo, make_demo

__all__ = ["CRS", "Demo", "make_demo"]
