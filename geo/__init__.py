"""Geometry and graphs: pure functions on shapely and numpy, no database and no web."""
