"""The latest rows of one engine, and what of them is shown: pure, no I/O, no Textual."""
