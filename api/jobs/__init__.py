"""Long work: a row in the database, taken up by a worker process."""
