"""What an engine says of a pull, push or load: JSON after JSON, most of it about one layer."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tui.engine.errors import EngineError
from tui.engine.reading import mapping, number, text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tui.engine.report import Report, StepState
    from tui.engine.sockets import Stream

_LONGEST = 4 << 20
_OVER: dict[str, StepState] = {
    "Already exists": "cached",
    "Layer already exists": "cached",
    "Pull complete": "done",
    "Pushed": "done",
}
_NOT_BEGUN = frozenset({"Pulling fs layer", "Waiting", "Preparing"})
_MOVING = frozenset({"Downloading", "Pushing", "Loading layer"})


def messages(stream: Stream) -> Iterator[Mapping[str, Any]]:
    """Read an answer's messages as they come.

    Raises:
        EngineError: in the engine's words where one says that it failed, or makes no sense.
        Unreachable: where the connection broke before the end.

    """
    rest = b""
    while raw := stream.read():
        *lines, rest = (rest + raw).split(b"\n")
        if len(rest) > _LONGEST:
            raise EngineError("the engine's answer makes no sense")
        for line in lines:
            if line.strip():
                yield _message(line)
    if rest.strip():
        yield _message(rest)


def _message(line: bytes) -> Mapping[str, Any]:
    try:
        message = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise EngineError("the engine's answer makes no sense") from error
    if not isinstance(message, dict):
        raise EngineError("the engine's answer makes no sense")
    if error_text := failure(message):
        raise EngineError(error_text)
    return message


def failure(message: Mapping[str, Any]) -> str:
    """Give what failed, in the engine's words, or nothing."""
    detail = text(mapping(message.get("errorDetail")).get("message"))
    return (detail or text(message.get("error"))).strip() or ("it failed" if "errorDetail" in message else "")


class Layers:
    """Makes a step of each layer, and a line of output where its status is another one."""

    def __init__(self) -> None:
        self._said: dict[str, str] = {}
        self._totals: dict[str, int] = {}

    def take(self, message: Mapping[str, Any], report: Report) -> None:
        """Tell what a message with a status says."""
        status, layer = text(message.get("status")), text(message.get("id"))
        if not status:
            return
        if not layer or status.startswith("Pulling from "):
            report.line(f"{layer}: {status}" if layer else status)
            return
        if self._said.get(layer) != status:
            self._said[layer] = status
            report.line(f"{layer}: {status}", layer, len(layer) + 2)
        self._tell(layer, status, mapping(message.get("progressDetail")), report)

    def _tell(self, layer: str, status: str, detail: Mapping[str, Any], report: Report) -> None:
        state: StepState = "waiting" if status in _NOT_BEGUN else _OVER.get(status, "running")
        if status.startswith("Mounted from "):
            state = "cached"
        elif status.startswith("Retrying in "):
            state = "waiting"
        current, total = int(number(detail.get("current"))), int(number(detail.get("total")))
        word = status
        if status in _MOVING:
            self._totals[layer] = total = total or self._totals.get(layer, 0)
            report.count(layer, min(current, total) if total else current, total)
        elif current and total:
            word = f"{status} {100 * min(current, total) // total}%"
        elif status in _NOT_BEGUN and layer not in self._totals:
            # It is to come, and nobody knows how large it is.
            report.count(layer, 0, 0)
        elif self._totals.get(layer) and (state == "done" or status == "Download complete"):
            report.count(layer, self._totals[layer], self._totals[layer])
        report.step(layer, layer.removeprefix("sha256:")[:12], state, word=word)
