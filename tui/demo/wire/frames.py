"""The frames in which output and errors share a stream."""

from __future__ import annotations

STREAMS = {"stdin": 0, "stdout": 1, "stderr": 2}


def frame(stream: str, content: bytes) -> bytes:
    """Put a piece of a stream into a frame: its number, three zeros, the length, the piece."""
    return bytes((STREAMS[stream], 0, 0, 0)) + len(content).to_bytes(4) + content
