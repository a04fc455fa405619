"""Everything that talks to Docker, and nothing that draws."""
