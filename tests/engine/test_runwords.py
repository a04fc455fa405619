from __future__ import annotations

from pathlib import Path

import pytest

from tui.engine.errors import EngineError
from tui.engine.runwords import read_run

FOLDER = Path("/srv/app")


def read(line: str):
    return read_run(line.split(), {"HOME": "/root"}, FOLDER)


def test_what_wherrys_own_keys_say():
    words = read("-it --rm bb:2")
    assert (words.image, words.name, words.tty, words.interactive, words.removed) == (
        "bb:2",
        "",
        True,
        True,
        True,
    )
    body = words.body
    assert body["Cmd"] is None
    assert "Entrypoint" not in body
    assert body["Tty"] is body["OpenStdin"] is body["StdinOnce"] is body["AttachStdin"] is True
    assert body["HostConfig"]["AutoRemove"] is True


def test_in_the_background_nothing_is_attached():
    words = read("-d --name web --entrypoint /bin/sh bb:2 -c true")
    assert words.detached
    assert words.name == "web"
    assert words.body["Entrypoint"] == ["/bin/sh"]
    assert words.body["Cmd"] == ["-c", "true"]
    assert not words.body["AttachStdout"]
    assert not words.body["StdinOnce"]


def test_an_empty_entrypoint_takes_the_images_away():
    assert read_run(["--entrypoint", "", "bb:2"], {}, FOLDER).body["Entrypoint"] == [""]


def test_the_rest():
    words = read(
        "-e HOME -e A=1 -l a=b --label c -u 1:2 -w /x -h box --network net --init --privileged -P --read-only"
        " -m 512m --cpus 1.5 --restart on-failure:3 --cap-add NET_ADMIN --add-host a:1.2.3.4 --dns 1.1.1.1"
        " --stop-signal INT --pull never bb:2"
    )
    body, host = words.body, words.body["HostConfig"]
    assert body["Env"] == ["HOME=/root", "A=1"]
    assert body["Labels"] == {"a": "b", "c": ""}
    assert (body["User"], body["WorkingDir"], body["Hostname"], body["StopSignal"]) == (
        "1:2",
        "/x",
        "box",
        "INT",
    )
    assert (host["NetworkMode"], host["Init"], host["Privileged"]) == ("net", True, True)
    assert (host["PublishAllPorts"], host["ReadonlyRootfs"]) == (True, True)
    assert (host["Memory"], host["NanoCpus"]) == (512 * 1024**2, 1_500_000_000)
    assert host["RestartPolicy"] == {"Name": "on-failure", "MaximumRetryCount": 3}
    assert (host["CapAdd"], host["ExtraHosts"], host["Dns"]) == (["NET_ADMIN"], ["a:1.2.3.4"], ["1.1.1.1"])


def test_a_platform_is_no_part_of_the_body():
    words = read("--platform linux/arm64 bb:2")
    assert words.platform == "linux/arm64"
    assert words.body == read("bb:2").body
    assert read("bb:2").platform == ""


def test_aliases_are_names_on_the_network_that_is_given():
    words = read("--network-alias www --net back --network-alias=web --net-alias old bb:2")
    assert words.body["HostConfig"]["NetworkMode"] == "back"
    ends = words.body["NetworkingConfig"]["EndpointsConfig"]
    assert ends == {"back": {"Aliases": ["www", "web", "old"]}}
    assert "NetworkingConfig" not in read("--network back bb:2").body


def test_volumes():
    words = read("-v ./data:/data -v named:/n:ro -v /abs:/a -v /anonymous bb:2")
    assert words.body["HostConfig"]["Binds"] == ["/srv/app/data:/data", "named:/n:ro", "/abs:/a"]
    assert words.body["Volumes"] == {"/anonymous": {}}


def test_mounts():
    words = read(
        "--mount type=bind,src=./x,dst=/x,readonly --mount source=v,target=/v,ro=false --mount dst=/y bb:2"
    )
    assert words.body["HostConfig"]["Mounts"] == [
        {"Type": "bind", "Source": "/srv/app/x", "Target": "/x", "ReadOnly": True},
        {"Type": "volume", "Source": "v", "Target": "/v", "ReadOnly": False},
        {"Type": "volume", "Target": "/y"},
    ]


@pytest.mark.parametrize(
    ("text", "bindings"),
    [
        ("80", {"80/tcp": [("", "")]}),
        ("8080:80", {"80/tcp": [("", "8080")]}),
        ("127.0.0.1:8080:80/udp", {"80/udp": [("127.0.0.1", "8080")]}),
        ("127.0.0.1::80", {"80/tcp": [("127.0.0.1", "")]}),
        ("[::1]:8080:80", {"80/tcp": [("::1", "8080")]}),
        ("8000-8001:80-81", {"80/tcp": [("", "8000")], "81/tcp": [("", "8001")]}),
        ("8000-8010:80", {"80/tcp": [("", "8000-8010")]}),
    ],
)
def test_ports(text, bindings):
    body = read(f"-p {text} bb:2").body
    told = {
        port: [(one["HostIp"], one["HostPort"]) for one in ones]
        for port, ones in body["HostConfig"]["PortBindings"].items()
    }
    assert told == bindings
    assert body["ExposedPorts"].keys() == bindings.keys()


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("", "the image is missing"),
        ("--gpus all bb:2", "--gpus of docker run needs the docker CLI"),
        ("--pull always bb:2", "--pull always needs the docker CLI"),
        ("--pull soon bb:2", "--pull takes"),
        ("--rm --restart always bb:2", "--rm and --restart"),
        ("--restart soon bb:2", "--restart takes"),
        ("--restart always:3 bb:2", "--restart takes"),
        ("-m lots bb:2", "-m takes"),
        ("--cpus many bb:2", "--cpus takes"),
        ("--cpus nan bb:2", "--cpus takes"),
        ("-p x:80 bb:2", "-p takes"),
        ("-p 1:2:3:4 bb:2", "-p takes"),
        ("-p 70000 bb:2", "0 to 65535"),
        ("-p 1-3:1-2 bb:2", "different lengths"),
        ("-v :/x bb:2", "-v takes"),
        ("--mount type=tmpfs,dst=/x bb:2", "type=tmpfs needs the docker CLI"),
        ("--mount dst=/x,volume-nocopy bb:2", "volume-nocopy needs the docker CLI"),
        ("--mount type=bind bb:2", "--mount takes"),
        ("--network a --network b bb:2", "needs the docker CLI"),
        ("--network name=a,alias=b bb:2", "needs the docker CLI"),
        ("--network-alias www bb:2", "a network of your own, and bridge has no names"),
        ("--network-alias www --network host bb:2", "a network of your own, and host has no names"),
        ("--network-alias www --network container:x bb:2", "a network of your own, and container:x"),
        ("-l =x bb:2", "--label takes"),
        ("--detach-keys oh bb:2", "--detach-keys takes"),
    ],
)
def test_what_is_refused_is_named(line, why):
    with pytest.raises(EngineError, match=why):
        read(line)
