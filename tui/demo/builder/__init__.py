"""The classic builder: from a Dockerfile and a context to an image, in Docker's words."""
