"""A small shell that answers where a container's program would; nothing of it ever runs on the host."""
