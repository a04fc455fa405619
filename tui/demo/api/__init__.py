"""The Docker Engine API: each file one part of it, as routes over the world."""
