"""The messages of pulls, pushes and builds, as the engine writes them into its streams."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, TypeAlias

from tui.demo.refusal import RefusalError

if TYPE_CHECKING:
    from collections.abc import Generator

    from tui.demo.wire.sink import Sink

    Message: TypeAlias = dict[str, Any]
    Messages: TypeAlias = Generator[Message | float, None, None]
    """Messages, and between them seconds to wait."""

_WIDTH = 50


def encode(message: Message) -> bytes:
    """Write a message as one line, with Go's escapes."""
    text = json.dumps(message, ensure_ascii=False, separators=(",", ":"))
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text.encode("utf-8", "replace") + b"\r\n"


def stream(text: str) -> Message:
    """Make a piece of a build's output."""
    return {"stream": text}


def failure(message: str, code: int = 0) -> Message:
    """Make the message that ends a stream which began well; `code` is a command's exit code."""
    detail: dict[str, Any] = {"code": code} if code else {}
    return {"errorDetail": {**detail, "message": message}, "error": message}


def layer(layer_id: str, status: str, current: int = 0, total: int = 0) -> Message:
    """Make a message of a layer; with `current`, bytes that are done, it has a bar."""
    short = layer_id.removeprefix("sha256:")[:12]
    if not current:
        return {"status": status, "progressDetail": {}, "id": short}
    detail = {"current": current, "total": total} if total else {"current": current}
    return {"status": status, "progressDetail": detail, "progress": bar(current, total), "id": short}


def bar(current: int, total: int = 0) -> str:
    """Draw how far it is, as the engine does for terminals of 200 columns."""
    done = f"{human(current):>8}"
    if total <= 0:
        return done
    share = min(_WIDTH, int(current / total * 100) // 2)
    numbers = done if current > total else f"{done}/{human(total)}"
    return f"[{'=' * share}>{' ' * (_WIDTH - share)}] {numbers}"


def human(size: int) -> str:
    """Write bytes in four digits, as in 66.56kB."""
    value, units = float(size), ["B", "kB", "MB", "GB", "TB"]
    place = 0
    while value >= 1000 and place < len(units) - 1:
        value, place = value / 1000, place + 1
    return f"{value:.4g}{units[place]}"


def send(sink: Sink, messages: Messages, pace: float) -> None:
    """Write messages and wait between them, `pace` times as long as they say.

    A refusal becomes the last message. When the client leaves, the generator is closed, so that it can undo
    what it began.
    """
    try:
        for message in messages:
            if isinstance(message, float):
                sink.wait(message * pace)
            else:
                sink.write(encode(message))
    except RefusalError as refusal:
        sink.write(encode(failure(refusal.message)))
    except (LookupError, TypeError, ValueError, AttributeError, RecursionError) as error:
        # Input of a shape that nobody thought of; a real engine says this of its own faults too.
        sink.write(encode(failure(f"{type(error).__name__}: {error}")))
    finally:
        messages.close()
