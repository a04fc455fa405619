from __future__ import annotations

import itertools
import json
import select
import socket
import ssl
import threading
import time
from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.engine.scripted import received
from tests.engine.test_sockets import address, certificates  # noqa: F401  # a fixture
from tui.engine.address import Address, Tls
from tui.engine.errors import EngineError, Trouble, Unreachable
from tui.engine.hijack import Duplex, Payloads, Wire

_NOT_NOW = (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError)
UPGRADED = b"HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n"


class Far:
    """Serves each connection with a function that gets it past the request's head and body."""

    def __init__(self, sock: socket.socket, serve: Callable[[socket.socket], None]) -> None:
        self.asked: list[tuple[str, dict[str, str], bytes]] = []
        self._sock, self._act = sock, serve
        self.context: ssl.SSLContext | None = None
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                peer, _ = self._sock.accept()
            except OSError:
                return
            threading.Thread(target=self._one, args=(peer,), daemon=True).start()

    def _one(self, peer: socket.socket) -> None:
        # Whoever asked may be gone before the answer: that is what some tests are about.
        with suppress(OSError):
            self._answer(peer)

    def _answer(self, peer: socket.socket) -> None:
        with self.context.wrap_socket(peer, server_side=True) if self.context else peer as one:
            raw = b""
            while b"\r\n\r\n" not in raw:
                raw += received(one, 1)
            first, *lines = raw.decode().strip().split("\r\n")
            headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
            body = b""
            while len(body) < int(headers["content-length"]):
                body += received(one, 1000)
            self.asked.append((first, headers, body))
            self._act(one)


@pytest.fixture
def far(tmp_path):
    servers: list[socket.socket] = []

    def start(serve: Callable[[socket.socket], None]) -> tuple[Address, Far]:
        path = tmp_path / f"{len(servers)}.sock"
        servers.append(socket.create_server(str(path), family=socket.AF_UNIX))
        return address(f"unix://{path}"), Far(servers[-1], serve)

    yield start
    for server in servers:
        # Closing alone does not wake who waits in accept.
        server.shutdown(socket.SHUT_RDWR)
        server.close()


def everything(duplex: Duplex, seconds: float = 20) -> bytes:
    """Read to the end as the terminal's loop does."""
    out = b""
    end = time.monotonic() + seconds
    while (piece := duplex.receive()) is not None:
        out += piece
        assert time.monotonic() < end, f"no end after {len(out)} bytes"
        if not piece:
            select.select([duplex], [], [], 1)
    return out


def frame(stream: int, payload: bytes) -> bytes:
    return bytes([stream, 0, 0, 0]) + len(payload).to_bytes(4) + payload


@given(
    st.lists(st.tuples(st.integers(0, 2), st.binary(max_size=30))), st.lists(st.integers(0, 400), max_size=9)
)
def test_payloads_in_any_split(frames, cuts):
    raw = b"".join(frame(number, payload) for number, payload in frames)
    places = [0, *sorted(cut % (len(raw) + 1) for cut in cuts), len(raw)]
    payloads = Payloads()
    out = b"".join(payloads.feed(raw[start:stop]) for start, stop in itertools.pairwise(places))
    assert out == b"".join(payload for _, payload in frames)
    assert not payloads.cut_off


def test_a_payload_is_given_as_it_comes():
    payloads = Payloads()
    assert payloads.feed(frame(1, b"hello")[:10]) == b"he"
    assert payloads.cut_off
    assert payloads.feed(b"llo") == b"llo"
    assert not payloads.cut_off


def _counting(one: socket.socket) -> None:
    """Talk while it is talked to, and at the end of that say how much it was."""
    one.sendall(UPGRADED + b"first")
    # One thread: TLS takes no more.
    one.setblocking(False)
    left, got, ended = bytearray(b"x" * 2_000_000), 0, False
    while left or not ended:
        select.select([] if ended else [one], [one] if left else [], [], 1)
        try:
            if left:
                del left[: one.send(left[:16384])]
        except _NOT_NOW:
            pass
        try:
            piece = b"" if ended else one.recv(65536)
            got += len(piece)
            ended = not piece
        except _NOT_NOW:
            pass
    one.setblocking(True)
    one.sendall(b"got %d" % got)


def _check_both_ways(where: Address) -> None:
    wire = Wire(where, 5)
    duplex = wire.upgrade("/exec/x/start", {"Tty": True}, framed=False)
    left = bytearray(b"y" * 3_000_000)
    out = b""
    while left:
        readable, writable, _ = select.select([duplex], [duplex], [], 10)
        if writable:
            del left[: duplex.send(bytes(left))]
        if readable:
            out += duplex.receive() or b""
    duplex.finish()
    out += everything(duplex)
    assert out.startswith(b"firstx")
    assert out.endswith(b"xgot 3000000")
    assert len(out) == 5 + 2_000_000 + 11
    assert not duplex.broken
    duplex.close()
    wire.close()


def test_much_both_ways_with_a_half_close(far):
    where, served = far(_counting)
    _check_both_ways(where)
    line, headers, body = served.asked[0]
    assert line == "POST /exec/x/start HTTP/1.1"
    assert (headers["connection"], headers["upgrade"], headers["host"]) == ("Upgrade", "tcp", "docker")
    assert json.loads(body) == {"Tty": True}


def test_the_same_over_tcp_with_a_base_path():
    with socket.create_server(("127.0.0.1", 0)) as server:
        served = Far(server, _counting)
        _check_both_ways(address(f"tcp://127.0.0.1:{server.getsockname()[1]}/base"))
        assert served.asked[0][0] == "POST /base/exec/x/start HTTP/1.1"


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_the_same_over_tls(certificates, version):  # noqa: F811  # the fixture
    with socket.create_server(("127.0.0.1", 0)) as server:
        served = Far(server, _counting)
        served.context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        served.context.maximum_version = version
        served.context.load_cert_chain(certificates / "ca.pem", certificates / "key.pem")
        tls = Tls(certificates / "ca.pem", None, None, verify=True)
        _check_both_ways(address(f"tcp://localhost:{server.getsockname()[1]}", tls))


def test_an_engine_that_answers_200_is_taken_at_its_word(far):
    where, _ = far(lambda one: one.sendall(b"HTTP/1.1 200 OK\r\n\r\n" + frame(1, b"a") + frame(2, b"b")))
    duplex = Wire(where, 5).upgrade("/x", framed=True)
    assert everything(duplex) == b"ab"
    assert not duplex.broken
    duplex.close()


def test_a_stream_cut_within_a_frame_is_broken(far):
    where, _ = far(lambda one: one.sendall(UPGRADED + frame(1, b"hello")[:-2]))
    duplex = Wire(where, 5).upgrade("/x", framed=True)
    assert everything(duplex) == b"hel"
    assert duplex.broken
    assert duplex.receive() is None
    duplex.close()


def test_what_does_not_fit_is_not_taken(far):
    hold = threading.Event()

    def silent(one: socket.socket) -> None:
        one.sendall(UPGRADED)
        hold.wait(20)

    where, _ = far(silent)
    duplex = Wire(where, 5).upgrade("/x", framed=False)
    assert duplex.receive() == b""
    sent = 0
    while taken := duplex.send(b"x" * 100_000):
        sent += taken
    assert sent > 0
    duplex.end()
    assert duplex.send(b"x") == 1, "the end is told by receive"
    assert duplex.receive() is None
    duplex.close()
    hold.set()


def test_posts(far):
    where, _ = far(lambda one: one.sendall(b'HTTP/1.1 201 Created\r\nContent-Length: 10\r\n\r\n{"Id":"x"}'))
    assert Wire(where, 5).post("/x", {}) == {"Id": "x"}
    where, _ = far(lambda one: one.sendall(b"HTTP/1.1 204 No Content\r\n\r\n"))
    assert Wire(where, 5).post("/x") is None


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (b'HTTP/1.1 409 Conflict\r\nContent-Length: 17\r\n\r\n{"message":"oh"}\n', "oh"),
        (b"HTTP/1.1 400 Bad Request\r\n\r\nInvalid detach keys\r\n", "Invalid detach keys"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{!", "makes no sense"),
        pytest.param(b"HTTP/1.0 200 OK\r\n\r\n" + b"[" * 60_000, "makes no sense", id="deep"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{", "in the middle"),
        (b"nonsense\r\n\r\n", "no engine"),
        (b"", "without an answer"),
    ],
)
def test_what_goes_wrong_is_one_line(far, answer, text):
    where, _ = far(lambda one: one.sendall(answer))
    with pytest.raises(EngineError, match=text):
        Wire(where, 5).post("/x", {})


def test_a_silent_engine_times_out_and_a_patient_request_ends_with_close(far):
    hold = threading.Event()
    where, _ = far(lambda one: hold.wait(20))
    with pytest.raises(Unreachable) as caught:
        Wire(where, 0.1).post("/x")
    assert caught.value.trouble is Trouble.TIMED_OUT
    wire = Wire(where, 0.1)
    failed: list[EngineError] = []

    def ask() -> None:
        try:
            wire.post("/x", patient=True)
        except EngineError as error:
            failed.append(error)

    asking = threading.Thread(target=ask)
    asking.start()
    asking.join(0.3)
    assert asking.is_alive()
    wire.close()
    asking.join(10)
    assert failed
    with pytest.raises(Unreachable, match="closed"):
        wire.post("/x")
    hold.set()
