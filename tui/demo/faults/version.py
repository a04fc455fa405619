"""An older engine: the versions that it speaks, and what it does not know yet."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode

from tui.demo.faults.fault import Fault
from tui.demo.wire.answers import Answer, Stream, as_json

if TYPE_CHECKING:
    from tui.demo.wire.answers import Call
    from tui.demo.wire.sink import Patience

ENGINES = {
    "1.38": "18.06.3-ce",
    "1.39": "18.09.9",
    "1.40": "19.03.15",
    "1.41": "20.10.24",
    "1.42": "23.0.6",
    "1.43": "24.0.9",
    "1.44": "25.0.5",
    "1.45": "26.1.5",
}
"""Docker's own version by the API that it speaks."""
_LATER = (
    ((1, 41), re.compile(r"/containers/[^/]+/stats"), "one-shot"),
    ((1, 41), re.compile(r"/containers/create"), "platform"),
    ((1, 42), re.compile(r"/system/df"), "type"),
    ((1, 42), re.compile(r"/images/json"), "shared-size"),
)
"""Parameters by the API that brought them: an older engine passes over them."""
_ASKED = re.compile(r"^/v(\d+)\.(\d+)(/.*)")
_IMAGES = re.compile(r"/images/(json|.+/json)")


class Version(Fault):
    """An engine that speaks no newer API than this, such as `1.40`."""

    def __init__(self, api: str = "1.40", **limits: Any) -> None:
        super().__init__(**limits)
        if api not in ENGINES:
            raise ValueError(f"{api} is none of {', '.join(ENGINES)}")
        self.api = api
        self._numbers = _numbers(api)

    def words(self) -> tuple[str, ...]:
        """Give the version."""
        return (self.api,)

    def asked(self, call: Call) -> Call:
        """Pass over the parameters that came later."""
        path, mark, query = call.target.partition("?")
        found = _ASKED.match(path)
        plain = found[3] if found else path
        if plain == "/volumes/prune" and self._numbers < (1, 42):
            return replace(call, target=f"{path}?{_all_volumes(query)}")
        if not mark:
            return call
        unknown = {
            name
            for since, pattern, name in _LATER
            if self._numbers < since and pattern.fullmatch(plain) is not None
        }
        if not unknown:
            return call
        known = [pair for pair in parse_qsl(query, keep_blank_values=True) if pair[0] not in unknown]
        return replace(call, target=f"{path}?{urlencode(known)}")

    def instead(self, call: Call, patience: Patience) -> Answer | None:
        """Refuse what is newer, in Docker's words."""
        found = _ASKED.match(call.target)
        if found is None or (int(found[1]), int(found[2])) <= self._numbers:
            return None
        text = f"{found[1]}.{found[2]}"
        message = f"client version {text} is too new. Maximum supported API version is {self.api}"
        return self._signed(as_json({"message": message}, 400))

    def answered(self, call: Call, answer: Answer | Stream) -> Answer | Stream:
        """Answer as that engine would."""
        if isinstance(answer, Stream):
            if answer.content_type.startswith("application/vnd.docker.") and self._numbers < (1, 42):
                answer = replace(answer, content_type="application/octet-stream")
            return replace(answer, headers=self._headers(answer.headers))
        if answer.body and answer.content_type == "application/json":
            value = self._older(call.path, json.loads(answer.body))
            answer = replace(answer, body=json.dumps(value, separators=(",", ":")).encode() + b"\n")
        return self._signed(answer)

    def _older(self, path: str, value: Any) -> Any:
        engine = ENGINES[self.api]
        if path == "/version":
            parts = [
                {**part, "Version": engine, "Details": {**part["Details"], "ApiVersion": self.api}}
                for part in value["Components"]
            ]
            return {**value, "Components": parts, "Version": engine, "ApiVersion": self.api}
        if path == "/info":
            return {**value, "ServerVersion": engine}
        if _IMAGES.fullmatch(path) and self._numbers < (1, 44):
            if isinstance(value, list):
                return [{**one, "VirtualSize": one["Size"]} for one in value]
            if "Size" in value:
                return {**value, "VirtualSize": value["Size"]}
        return value

    def _signed(self, answer: Answer) -> Answer:
        return replace(answer, headers=self._headers(answer.headers))

    def _headers(self, headers: Any) -> dict[str, str]:
        return {**headers, "Api-Version": self.api, "Server": f"Docker/{ENGINES[self.api]} (linux)"}


def _all_volumes(query: str) -> str:
    """Let names make no difference to a prune: only since 1.42 it spares the volumes that have one."""
    given = dict(parse_qsl(query))
    try:
        filters = json.loads(given.get("filters") or "{}")
    except (ValueError, RecursionError):
        filters = None
    if not isinstance(filters, dict):
        return query  # what is wrong with it, the engine says
    return urlencode({**given, "filters": json.dumps({**filters, "all": ["true"]})})


def _numbers(api: str) -> tuple[int, int]:
    major, _, minor = api.partition(".")
    return int(major), int(minor)
