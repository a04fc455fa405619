"""Unix sockets to listen at, for their owner alone."""

from __future__ import annotations

import errno
import os
import socket
from pathlib import Path

_LONGEST = 107
"""Bytes of a path that Linux takes for a unix socket; macOS takes four less and says so itself."""


def listen_at(path: str) -> socket.socket:
    """Listen at a path where nothing is yet.

    Raises:
        OSError: with words fit to show as its `strerror`, where nothing can be made there.

    """
    if len(path.encode(errors="surrogateescape")) > _LONGEST:
        raise OSError(0, f"the path is too long: a unix socket's may have {_LONGEST} bytes", path)
    if os.path.lexists(path):
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), path)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        listener.bind(path)
        Path(path).chmod(0o600)
        listener.listen(128)
    except OSError as error:
        listener.close()
        raise OSError(error.errno, error.strerror or str(error), path) from error
    except ValueError as error:
        listener.close()
        raise OSError(0, str(error), path) from error
    return listener
