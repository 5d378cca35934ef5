"""The doors: HTTP, command line, settings, errors and jobs."""
