from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tui.engine.address import Address, Place, Tls, resolve, split
from tui.engine.errors import Trouble, Unreachable

LOCAL = "unix:///var/run/docker.sock"


class Home:
    """A home folder with a docker configuration in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.config = folder / ".docker"
        self.config.mkdir()
        self.environ = {"HOME": str(folder)}

    def write_config(self, content: object) -> None:
        text = content if isinstance(content, str) else json.dumps(content)
        (self.config / "config.json").write_text(text)

    def add_context(self, name: str, host: str, skip: bool = False, files: tuple[str, ...] = ()) -> Path:
        endpoint = {"Host": host, "SkipTLSVerify": skip}
        self.write_meta(name, {"Name": name, "Metadata": {}, "Endpoints": {"docker": endpoint}})
        tls = self.config / "contexts" / "tls" / self.key(name) / "docker"
        for file in files:
            tls.mkdir(parents=True, exist_ok=True)
            (tls / file).write_text("pem")
        return tls

    def write_meta(self, name: str, content: object) -> None:
        path = self.config / "contexts" / "meta" / self.key(name) / "meta.json"
        path.parent.mkdir(parents=True)
        path.write_text(content if isinstance(content, str) else json.dumps(content))

    @staticmethod
    def key(name: str) -> str:
        return hashlib.sha256(name.encode()).hexdigest()

    def resolve(self, host: str | None = None, context: str | None = None, **environ: str) -> Address:
        return resolve(host, context, self.environ | environ)

    def failure(self, host: str | None = None, context: str | None = None, **environ: str) -> Unreachable:
        with pytest.raises(Unreachable) as caught:
            self.resolve(host, context, **environ)
        return caught.value


@pytest.fixture
def home(tmp_path):
    folder = tmp_path / "home"
    folder.mkdir()
    return Home(folder)


def test_default(home):
    address = home.resolve()
    assert address == Address(LOCAL, "the default", "", None, is_default=True)
    assert (address.words(), address.label()) == ((), "local")


def test_order(home):
    home.add_context("flagged", "tcp://flagged:1")
    home.add_context("named", "tcp://named:1")
    home.add_context("current", "tcp://current:1")
    home.write_config({"currentContext": "current"})
    everything = {"DOCKER_HOST": "tcp://variable:1", "DOCKER_CONTEXT": "named"}
    assert home.resolve(host="tcp://flag:1", **everything).url == "tcp://flag:1"
    assert home.resolve(context="flagged", **everything).url == "tcp://flagged:1"
    assert home.resolve(**everything).url == "tcp://variable:1"
    assert home.resolve(DOCKER_CONTEXT="named").url == "tcp://named:1"
    assert home.resolve(DOCKER_HOST="", DOCKER_CONTEXT="").url == "tcp://current:1"


def test_source_words_and_label(home):
    home.add_context("prod", "ssh://ops@prod.example:2222")
    home.write_config({"currentContext": "prod"})
    current = home.resolve()
    assert current.source == "the current context in ~/.docker/config.json"
    assert (current.words(), current.label(), current.context) == ((), "prod", "prod")
    flag = home.resolve(context="prod")
    assert flag.source == "the flag --context"
    assert flag.words() == ("--context", "prod")
    host = home.resolve(host="tcp://db.example:99")
    assert (host.source, host.label()) == ("the flag --host", "db.example")
    assert host.words() == ("-H", "tcp://db.example:99")
    variable = home.resolve(DOCKER_HOST="ssh://db.example")
    assert (variable.source, variable.words(), variable.is_default) == ("DOCKER_HOST", (), True)
    assert home.resolve(DOCKER_CONTEXT="prod").source == "DOCKER_CONTEXT"


def test_both_flags_are_refused(home):
    assert "cannot be given together" in str(home.failure(host=LOCAL, context="x"))


def test_empty_host_flag_means_the_default_socket(home):
    assert home.resolve(host="", DOCKER_HOST="tcp://elsewhere:1").url == LOCAL


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("tcp://127.0.0.1", "tcp://127.0.0.1:2375"),
        ("127.0.0.1:77", "tcp://127.0.0.1:77"),
        ("Host.example", "tcp://Host.example:2375"),
        (":77", "tcp://localhost:77"),
        ("tcp://", "tcp://localhost:2375"),
        ("tcp://host:77/base/", "tcp://host:77/base"),
        ("tcp://[::1]:77", "tcp://[::1]:77"),
        ("unix://", LOCAL),
        ("unix:///run/user/1000/docker.sock", "unix:///run/user/1000/docker.sock"),
        ("/run/d.sock", "unix:///run/d.sock"),
        (" unix:///x ", "unix:///x"),
        ("   ", LOCAL),
        ("ssh://Me@Host:22/run/d.sock", "ssh://Me@Host:22/run/d.sock"),
        ("ssh://host/", "ssh://host"),
    ],
)
def test_forms_of_docker_host(home, text, url):
    assert home.resolve(DOCKER_HOST=text).url == url


def test_relative_socket_is_pinned_to_this_folder(home):
    assert home.resolve(DOCKER_HOST="unix://here.sock").url == f"unix://{Path.cwd()}/here.sock"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("npipe:////./pipe/docker_engine", "Windows"),
        ("http://host:1", "no unix, tcp or ssh"),
        ("zzz://host", "no unix, tcp or ssh"),
        ("fd://", "descriptor"),
        ("tcp://host:abc", "no valid host and port"),
        ("tcp://host:99999", "no valid host and port"),
        ("tcp://[::1", "no valid host and port"),
        ("ssh://", "names no host"),
        ("ssh://-oProxyCommand=x", "names no host"),
        ("ssh://host?x=1", "a query"),
    ],
)
def test_bad_addresses(home, text, words):
    failure = home.failure(DOCKER_HOST=text)
    assert failure.trouble is Trouble.BAD_ADDRESS
    assert words in str(failure)


def test_a_password_is_refused_and_not_repeated(home):
    failure = home.failure(host="ssh://me:secret@host")
    assert "password" in str(failure)
    assert "secret" not in str(failure)


@pytest.mark.parametrize("how", ["flag", "variable", "config"])
def test_missing_context_is_never_the_local_engine(home, how):
    if how == "config":
        home.write_config({"currentContext": "gone"})
        failure = home.failure()
    else:
        failure = home.failure(context="gone") if how == "flag" else home.failure(DOCKER_CONTEXT="gone")
    assert failure.trouble is Trouble.UNKNOWN_CONTEXT
    source = {
        "flag": "the flag --context",
        "variable": "DOCKER_CONTEXT",
        "config": "the current context in ~/.docker/config.json",
    }[how]
    assert '"gone"' in str(failure)
    assert source in str(failure)


@pytest.mark.parametrize(
    "meta",
    [
        "{",
        "[]",
        b"\xff".decode("latin-1"),
        {"Name": "x", "Endpoints": {}},
        {"Name": "x", "Endpoints": None},
        {"Name": "x", "Endpoints": {"docker": {"Host": 5}}},
        {"Name": "x", "Endpoints": {"docker": {"Host": "127.0.0.1:77"}}},
        {"Name": "x", "Endpoints": {"docker": {"Host": "unix://"}}},
    ],
)
def test_broken_context(home, meta):
    home.write_meta("x", meta)
    failure = home.failure(context="x")
    assert failure.trouble is Trouble.BAD_ADDRESS
    assert '"x"' in str(failure)
    assert "the flag --context" in str(failure)


@pytest.mark.parametrize("content", ["{", "[]", '{"currentContext": 5}', "\x00"])
def test_broken_config(home, content):
    home.write_config(content)
    failure = home.failure()
    assert failure.trouble is Trouble.BAD_ADDRESS
    assert "~/.docker/config.json" in str(failure)
    assert home.resolve(DOCKER_HOST="tcp://h:1").url == "tcp://h:1"


@pytest.mark.parametrize("content", ["", "{}", '{"currentContext": null}', '{"currentContext": ""}'])
def test_config_without_a_current_context(home, content):
    home.write_config(content)
    assert home.resolve().url == LOCAL


def test_gos_json_knows_no_case(home):
    home.add_context("one", "tcp://one:1")
    home.write_config({"CurrentContext": "one"})
    assert home.resolve().url == "tcp://one:1"


def test_context_called_default(home):
    home.add_context("prod", "tcp://prod:1")
    home.write_config({"currentContext": "prod"})
    address = home.resolve(context="default")
    assert (address.url, address.words(), address.label()) == (LOCAL, ("--context", "default"), "local")
    assert home.resolve(context="default", DOCKER_HOST="tcp://h:1").url == "tcp://h:1"
    assert home.resolve(DOCKER_CONTEXT="default").url == LOCAL


def test_docker_config_folder(home, tmp_path):
    home.add_context("one", "tcp://one:1")
    home.write_config({"currentContext": "one"})
    moved = tmp_path / "elsewhere"
    home.config.rename(moved)
    assert home.resolve().url == LOCAL
    address = home.resolve(DOCKER_CONFIG=str(moved))
    assert (address.url, address.source) == ("tcp://one:1", f"the current context in {moved}/config.json")


def test_context_without_port_uses_the_port_of_http(home):
    home.add_context("plain", "tcp://one")
    home.add_context("tls", "tcp://one", skip=True)
    assert home.resolve(context="plain").url == "tcp://one:80"
    assert home.resolve(context="tls").url == "tcp://one:443"


def test_tls_of_a_context(home):
    folder = home.add_context("full", "tcp://one:1", files=("ca.pem", "cert.pem", "key.pem"))
    home.add_context("ca", "tcp://one:1", files=("ca.pem", "cert.pem"))
    home.add_context("skip", "tcp://one:1", skip=True)
    home.add_context("none", "tcp://one:1")
    home.add_context("socket", LOCAL, files=("ca.pem",))
    full = Tls(folder / "ca.pem", folder / "cert.pem", folder / "key.pem", verify=True)
    assert home.resolve(context="full").tls == full
    ca = home.resolve(context="ca").tls
    assert ca is not None
    assert (ca.ca is not None, ca.cert, ca.key, ca.verify) == (True, None, None, True)
    assert home.resolve(context="skip").tls == Tls(None, None, None, verify=False)
    assert home.resolve(context="none", DOCKER_TLS_VERIFY="1").tls is None
    assert home.resolve(context="socket").tls is None


def test_tls_variables(home, tmp_path):
    certs = tmp_path / "certs"
    certs.mkdir()
    where = {"DOCKER_HOST": "tcp://one", "DOCKER_CERT_PATH": str(certs)}
    assert home.resolve(**where).tls is None
    failure = home.failure(**where, DOCKER_TLS="1")
    assert failure.trouble is Trouble.TLS
    assert str(certs) in str(failure)
    (certs / "ca.pem").touch()
    # Any value turns verification on, and the port stays that of plain TCP: so does the CLI.
    address = home.resolve(**where, DOCKER_TLS_VERIFY="0")
    assert (address.url, address.tls) == ("tcp://one:2375", Tls(certs / "ca.pem", None, None, verify=True))
    assert home.resolve(**where, DOCKER_TLS="1").tls == Tls(certs / "ca.pem", None, None, verify=False)
    assert home.resolve(DOCKER_TLS="1", DOCKER_CERT_PATH=str(certs)).url == "tcp://localhost:2376"
    assert home.resolve(DOCKER_HOST="ssh://one", DOCKER_TLS="1").tls is None


def test_tls_files_stand_in_the_config_folder_by_default(home):
    (home.config / "ca.pem").touch()
    tls = home.resolve(DOCKER_HOST="tcp://one", DOCKER_TLS_VERIFY="1").tls
    assert tls is not None
    assert tls.ca == home.config / "ca.pem"


DISTRACTIONS = {
    "DOCKER_CONTEXT": "other",
    "DOCKER_TLS_VERIFY": "1",
    "DOCKER_TLS": "1",
    "DOCKER_CERT_PATH": "/nowhere",
    "PATH": "/bin",
}


def test_child_environ_pins_the_address(home):
    home.add_context("plain", "tcp://one:1")
    child = home.resolve(context="plain").child_environ(home.environ | DISTRACTIONS)
    assert child == home.environ | {"PATH": "/bin", "DOCKER_HOST": "tcp://one:1"}


def test_child_environ_of_a_tunnel(home):
    address = home.resolve(host="ssh://one")
    assert address.child_environ(DISTRACTIONS, "unix:///t.sock") == {
        "PATH": "/bin",
        "DOCKER_HOST": "unix:///t.sock",
    }
    assert address.child_environ(DISTRACTIONS)["DOCKER_HOST"] == "ssh://one"


def test_child_environ_of_tls(home):
    folder = home.add_context("full", "tcp://one:1", files=("ca.pem", "cert.pem", "key.pem"))
    home.add_context("lax", "tcp://one:1", skip=True, files=("ca.pem",))
    home.add_context("skip", "tcp://one:1", skip=True)
    full = home.resolve(context="full").child_environ(DISTRACTIONS)
    assert full == {
        "PATH": "/bin",
        "DOCKER_HOST": "tcp://one:1",
        "DOCKER_TLS_VERIFY": "1",
        "DOCKER_CERT_PATH": str(folder),
    }
    lax = home.resolve(context="lax").child_environ(DISTRACTIONS)
    assert lax["DOCKER_TLS"] == "1"
    assert "DOCKER_TLS_VERIFY" not in lax
    # No variables say this: only the context itself does.
    skip = home.resolve(context="skip").child_environ(DISTRACTIONS)
    assert skip == {"PATH": "/bin", "DOCKER_CONTEXT": "skip"}


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("ssh://Me@Host.example:22/run/x", Place("ssh", "Me", "Host.example", 22, "/run/x")),
        ("ssh://a%20b@[fe80::1]", Place("ssh", "a b", "fe80::1", 0, "")),
        ("tcp://h:1", Place("tcp", "", "h", 1, "")),
        (LOCAL, Place("unix", "", "", 0, "/var/run/docker.sock")),
    ],
)
def test_split(url, place):
    assert split(url) == place


@pytest.mark.skipif(shutil.which("docker") is None, reason="needs the docker CLI")
@pytest.mark.parametrize(
    ("flags", "environ"),
    [
        ([], {}),
        ([], {"DOCKER_HOST": "tcp://127.0.0.1:9"}),
        ([], {"DOCKER_HOST": "127.0.0.1:9"}),
        ([], {"DOCKER_CONTEXT": "one"}),
        ([], {"DOCKER_CONTEXT": "one", "DOCKER_HOST": "tcp://127.0.0.1:7"}),
        (["--context", "one"], {"DOCKER_HOST": "tcp://127.0.0.1:7"}),
        (["--host", "tcp://127.0.0.1:9"], {"DOCKER_CONTEXT": "one"}),
        (["--context", "default"], {"DOCKER_HOST": "tcp://127.0.0.1:7"}),
        ([], {"DOCKER_CONTEXT": "gone"}),
        ([], {"DOCKER_HOST": "http://127.0.0.1:9"}),
        (["--context", "one", "--host", "tcp://127.0.0.1:9"], {}),
    ],
)
@pytest.mark.parametrize("current", ["", "two"])
def test_the_cli_agrees(home, flags, environ, current):
    home.add_context("one", "tcp://127.0.0.1:8")
    home.add_context("two", "tcp://127.0.0.1:6")
    home.write_config({"currentContext": current})
    environ = {"PATH": os.environ["PATH"], **home.environ, **environ}
    told = subprocess.run(
        ["docker", *flags, "context", "inspect", "--format", "{{.Endpoints.docker.Host}}"],
        env=environ,
        capture_output=True,
        text=True,
        check=False,
        timeout=20,
    )
    given = dict(zip(flags[::2], flags[1::2], strict=True))
    try:
        ours = resolve(given.get("--host"), given.get("--context"), environ).url
    except Unreachable:
        ours = ""
    assert ours == told.stdout.strip(), told.stderr
