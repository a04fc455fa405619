"""A small Docker engine over HTTP, for trying and testing wherry without Docker."""
