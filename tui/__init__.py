"""wherry: a light terminal interface to a Docker engine."""

__version__ = "0.1.0"
