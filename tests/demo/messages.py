"""Streams of messages, and tar archives, for tests of pulls and builds."""

from __future__ import annotations

import io
import json
import re
import tarfile
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.demo.talk import Talk


def archive(files: dict[str, bytes]) -> bytes:
    """Make a tar of some files."""
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w") as tar:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return content.getvalue()


def context(dockerfile: str, **files: bytes) -> bytes:
    """Make a build's context of a Dockerfile and some files, whose names end in .txt."""
    return archive(
        {"Dockerfile": dockerfile.encode(), **{f"{name}.txt": data for name, data in files.items()}}
    )


def ask(
    talk: Talk, method: str, target: str, body: bytes | None = None, auth: bool = False
) -> tuple[int, list[dict[str, Any]]]:
    """Ask for a stream of messages, and give its status and all of them."""
    headers = {"Content-Type": "application/x-tar"} if body is not None else {}
    if auth:
        headers["X-Registry-Auth"] = "e30="
    talk.request(method, target, body, headers)
    answer = talk.getresponse()
    content = answer.read()
    return answer.status, [json.loads(line) for line in content.splitlines() if line.strip()]


def build(talk: Talk, dockerfile: str, query: str = "t=made:1", **files: bytes) -> list[dict[str, Any]]:
    """Build, and give the messages."""
    status, messages = ask(talk, "POST", f"/build?rm=1&{query}", context(dockerfile, **files))
    assert status == 200, messages
    return messages


def text(messages: list[dict[str, Any]]) -> str:
    """Join what a build prints."""
    return "".join(one.get("stream", "") for one in messages)


def masked(value: Any) -> Any:
    """Take ids, digests and times out of a value."""
    written = json.dumps(value)
    written = re.sub(r"\b[0-9a-f]{64}\b", "ID", written)
    written = re.sub(r"\b[0-9a-f]{12}\b", "SHORT", written)
    return json.loads(re.sub(r"\d{4}-\d\d-\d\dT[\d:.]+Z", "TIME", written))


def error(messages: list[dict[str, Any]]) -> str:
    """Give the error that ends a stream; empty for none."""
    return str(messages[-1].get("error", "")) if messages else ""


def manifest(content: bytes) -> tuple[list[dict[str, Any]], list[str]]:
    """Read what a saved archive says of its images, and the names of its files."""
    with tarfile.open(fileobj=io.BytesIO(content)) as tar:
        file = tar.extractfile("manifest.json")
        assert file is not None
        return json.load(file), tar.getnames()
