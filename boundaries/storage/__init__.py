"""PostgreSQL with PostGIS: the private cluster, sessions and tables."""
