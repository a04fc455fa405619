from __future__ import annotations

import itertools
import select
import shutil
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.engine.address import Address, Tls
from tui.engine.connecting import Breaker
from tui.engine.errors import EngineError, Trouble, Unreachable
from tui.engine.sockets import Stream, open_socket, open_stream

HEAD = b"HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\n"


def address(url: str, tls: Tls | None = None) -> Address:
    return Address(url, "a test", "", tls, is_default=False)


class Listener:
    """Answers each connection with fixed bytes, and keeps what it was asked."""

    def __init__(self, sock: socket.socket, answer: bytes, context: ssl.SSLContext | None = None) -> None:
        self.asked: list[bytes] = []
        self._sock = sock
        self._answer = answer
        self._context = context
        self._sock.listen()
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                peer, _ = self._sock.accept()
            except OSError:
                return
            try:
                with self._context.wrap_socket(peer, server_side=True) if self._context else peer as one:
                    asked = b""
                    while b"\r\n\r\n" not in asked and (piece := one.recv(4096)):
                        asked += piece
                    self.asked.append(asked)
                    one.sendall(self._answer)
            except OSError:
                continue

    def close(self) -> None:
        self._sock.close()


@pytest.fixture
def serve(tmp_path):
    listeners: list[Listener] = []

    def start(answer: bytes) -> tuple[Address, Listener]:
        path = tmp_path / f"{len(listeners)}.sock"
        sock = socket.socket(socket.AF_UNIX)
        sock.bind(str(path))
        listeners.append(Listener(sock, answer))
        return address(f"unix://{path}"), listeners[-1]

    yield start
    for listener in listeners:
        listener.close()


def body(stream: Stream) -> bytes:
    out = b""
    while piece := stream.read(5):
        out += piece
    assert piece == b"", "nothing came in time"
    stream.close()
    return out


def test_get_over_a_unix_socket(serve):
    where, listener = serve(HEAD + b"hello")
    status, headers, stream = open_stream(where, "/x?y=1", 5)
    assert (status, headers, body(stream)) == (200, {"content-type": "text/plain"}, b"hello")
    assert listener.asked[0].startswith(b"GET /x?y=1 HTTP/1.0\r\nHost: docker\r\n")


def test_get_over_tcp_with_a_base_path():
    sock = socket.create_server(("127.0.0.1", 0))
    listener = Listener(sock, HEAD + b"hello")
    _, _, stream = open_stream(address(f"tcp://127.0.0.1:{sock.getsockname()[1]}/base"), "/x", 5)
    assert body(stream) == b"hello"
    assert listener.asked[0].startswith(b"GET /base/x HTTP/1.0\r\nHost: 127.0.0.1\r\n")
    listener.close()


def test_chunked_and_counted_bodies(serve):
    chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n1;x=y\r\n!\r\n0\r\n\r\n"
    assert body(open_stream(serve(chunked)[0], "/", 5)[2]) == b"hello!"
    counted = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello and more"
    assert body(open_stream(serve(counted)[0], "/", 5)[2]) == b"hello"


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nnonsense\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhello",
    ],
)
def test_a_body_that_stops_short_is_a_lost_connection(serve, answer):
    _, _, stream = open_stream(serve(answer)[0], "/", 5)
    with pytest.raises(Unreachable) as caught:
        body(stream)
    assert caught.value.trouble is Trouble.LOST
    stream.close()


@given(st.lists(st.binary(min_size=1, max_size=9)), st.lists(st.integers(0, 200), max_size=9))
def test_chunks_in_any_split(chunks, cuts):
    ours, theirs = socket.socketpair()
    with ours, theirs:
        raw = b"".join(b"%x\r\n%b\r\n" % (len(chunk), chunk) for chunk in chunks) + b"0\r\n\r\n"
        places = [0, *sorted(cut % len(raw) for cut in cuts), len(raw)]
        stream = Stream(ours, b"", {"transfer-encoding": "chunked"})
        out = b""
        for start, stop in itertools.pairwise(places):
            theirs.sendall(raw[start:stop])
            while piece := stream.read(0.001) if stop < len(raw) else stream.read(5):
                out += piece
        assert out == b"".join(chunks)


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (b'HTTP/1.0 404 Not Found\r\n\r\n{"message":"No such container: x"}\n', "No such container: x"),
        (b"HTTP/1.1 500 Oh\r\nContent-Length: 5\r\n\r\nboom!", "boom!"),
        (b"HTTP/1.0 502 Bad\r\n\r\n", "the engine answered 502"),
        (b"HTTP/1.0 301 Moved\r\n\r\n[1]", "[1]"),
        pytest.param(b"HTTP/1.0 500 Oh\r\n\r\n" + b"[" * 60_000, "[" * 60_000, id="deep"),
    ],
)
def test_refusals_in_the_engines_words(serve, answer, text):
    with pytest.raises(EngineError) as caught:
        open_stream(serve(answer)[0], "/", 5)
    assert str(caught.value) == text
    assert not isinstance(caught.value, Unreachable)


@pytest.mark.parametrize("answer", [b"", b"SSH-2.0-OpenSSH\r\n\r\n", b"HTTP/1.0 2"])
def test_what_is_no_engine(serve, answer):
    with pytest.raises(Unreachable) as caught:
        open_stream(serve(answer)[0], "/", 5)
    assert caught.value.trouble is Trouble.LOST


def test_troubles_of_connecting(tmp_path):
    def trouble(url: str) -> Trouble:
        with pytest.raises(Unreachable) as caught:
            open_socket(address(url), 1)
        return caught.value.trouble

    assert trouble(f"unix://{tmp_path}/none.sock") is Trouble.NO_SOCKET
    (tmp_path / "file").touch()
    assert trouble(f"unix://{tmp_path}/file") in {Trouble.REFUSED, Trouble.NO_SOCKET}
    with socket.create_server(("127.0.0.1", 0)) as sock:
        port = sock.getsockname()[1]
    assert trouble(f"tcp://127.0.0.1:{port}") is Trouble.REFUSED
    assert trouble("ssh://host") is Trouble.BAD_ADDRESS


def test_a_silent_engine_times_out(tmp_path):
    with socket.socket(socket.AF_UNIX) as sock:
        sock.bind(str(tmp_path / "s"))
        sock.listen()
        with pytest.raises(Unreachable) as caught:
            open_stream(address(f"unix://{tmp_path}/s"), "/", 0.1)
    assert caught.value.trouble is Trouble.TIMED_OUT


def test_nothing_new_is_none_and_end_wakes_the_reader():
    ours, theirs = socket.socketpair()
    with ours, theirs:
        stream = Stream(ours, b"", {})
        assert stream.read(0.01) is None
        got: list[bytes | None] = []
        reader = threading.Thread(target=lambda: got.append(stream.read()))
        reader.start()
        began = time.monotonic()
        stream.end()
        reader.join(5)
        assert got == [b""]
        assert time.monotonic() - began < 0.3
        stream.end()


@contextmanager
def unanswered() -> Iterator[int]:
    """Give a port to which a connection is neither made nor refused: nobody takes those that wait there."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as server, ExitStack() as waiting:
        for _ in range(16):
            one = waiting.enter_context(socket.socket())
            one.setblocking(False)
            one.connect_ex(server.getsockname())
            if not select.select([], [one], [], 0.2)[1]:
                yield server.getsockname()[1]
                return
        pytest.skip("this system lets everybody wait")


@contextmanager
def silent() -> Iterator[int]:
    """Give a port that takes a connection and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.mark.parametrize(
    ("place", "tls"),
    [(unanswered, None), (silent, Tls(None, None, None, verify=False))],
    ids=["connecting", "handshake"],
)
def test_what_is_only_being_connected_is_ended_at_once(place, tls):
    caught, begun = list[Unreachable](), threading.Event()

    class Holding(Breaker):
        def hold(self, sock: socket.socket, wake: socket.socket | None = None) -> None:
            super().hold(sock, wake)
            if tls is None or isinstance(sock, ssl.SSLSocket):
                begun.set()

    breaker = Holding()
    with place() as port:

        def connect() -> None:
            try:
                open_socket(address(f"tcp://127.0.0.1:{port}", tls), 60, breaker).close()
            except Unreachable as error:
                caught.append(error)

        waiting = threading.Thread(target=connect, daemon=True)
        waiting.start()
        assert begun.wait(10)
        waiting.join(0.2)
        assert waiting.is_alive(), "it did not wait at all"
        breaker.end()
        waiting.join(10)
        assert not waiting.is_alive()
    assert [str(error) for error in caught] == ["cancelled"]
    breaker.end()
    with pytest.raises(Unreachable, match="cancelled"), silent() as port:
        open_socket(address(f"tcp://127.0.0.1:{port}"), 60, breaker)


def test_who_is_not_answered_gives_up_in_time():
    with unanswered() as port, pytest.raises(Unreachable) as caught:
        open_socket(address(f"tcp://127.0.0.1:{port}"), 0.1)
    assert caught.value.trouble is Trouble.TIMED_OUT


def test_a_reset_is_a_lost_connection():
    with socket.create_server(("127.0.0.1", 0)) as server:
        ours = socket.create_connection(server.getsockname())
        theirs, _ = server.accept()
        theirs.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        theirs.close()
        with pytest.raises(Unreachable) as caught:
            Stream(ours, b"", {}).read(5)
        ours.close()
    assert caught.value.trouble is Trouble.LOST


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    if shutil.which("openssl") is None:
        pytest.skip("needs openssl")
    folder: Path = tmp_path_factory.mktemp("certs")
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2"
    command += " -subj /CN=localhost -addext subjectAltName=DNS:localhost"
    subprocess.run(
        [*command.split(), "-keyout", folder / "key.pem", "-out", folder / "ca.pem"],
        check=True,
        capture_output=True,
    )
    return folder


@pytest.fixture
def tls_server(certificates):
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificates / "ca.pem", certificates / "key.pem")
    sock = socket.create_server(("127.0.0.1", 0))
    listener = Listener(sock, HEAD + b"hello", context)
    yield sock.getsockname()[1]
    listener.close()


def test_tls_with_a_ca(tls_server, certificates):
    tls = Tls(certificates / "ca.pem", certificates / "ca.pem", certificates / "key.pem", verify=True)
    _, _, stream = open_stream(address(f"tcp://localhost:{tls_server}", tls), "/", 5)
    assert body(stream) == b"hello"


def test_tls_unverified(tls_server):
    tls = Tls(None, None, None, verify=False)
    _, _, stream = open_stream(address(f"tcp://127.0.0.1:{tls_server}", tls), "/", 5)
    assert body(stream) == b"hello"


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_tls_that_proves_nothing_is_refused(tls_server, certificates, host):
    # The certificate is for localhost, and the system does not know who signed it.
    ca = certificates / "ca.pem" if host == "127.0.0.1" else None
    with pytest.raises(Unreachable) as caught:
        open_socket(address(f"tcp://{host}:{tls_server}", Tls(ca, None, None, verify=True)), 5)
    assert caught.value.trouble is Trouble.TLS


def test_missing_and_broken_certificates_are_said_so(tmp_path):
    (tmp_path / "bad.pem").write_text("no certificate")
    for name in ("none.pem", "bad.pem"):
        tls = Tls(tmp_path / name, None, None, verify=True)
        with pytest.raises(Unreachable) as caught:
            open_socket(address("tcp://127.0.0.1:1", tls), 1)
        assert caught.value.trouble is Trouble.TLS


def test_end_wakes_a_reader_of_tls(certificates):
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificates / "ca.pem", certificates / "key.pem")
    with socket.create_server(("127.0.0.1", 0)) as server:
        done = threading.Event()

        def hold() -> None:
            with context.wrap_socket(server.accept()[0], server_side=True):
                done.wait(10)

        threading.Thread(target=hold, daemon=True).start()
        tls = Tls(certificates / "ca.pem", None, None, verify=True)
        sock = open_socket(address(f"tcp://localhost:{server.getsockname()[1]}", tls), 5)
        stream = Stream(sock, b"", {})
        assert stream.read(0.01) is None
        reader = threading.Thread(target=stream.read)
        reader.start()
        began = time.monotonic()
        stream.end()
        reader.join(5)
        assert not reader.is_alive()
        assert time.monotonic() - began < 0.3
        stream.close()
        done.set()
