"""What the engine answers when it refuses."""

from __future__ import annotations


class RefusalError(Exception):
    """An act that can't be done: `status` of HTTP, and Docker's own words."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
