"""The docker CLI on the demo engine: it must print there what it prints on a real one."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.demo.talk import until
from tui.demo.scenes import bare, stack
from tui.demo.server import DemoEngine

if TYPE_CHECKING:
    from collections.abc import Iterator

REAL = "unix:///var/run/docker.sock"


def command(url: str, *words: str) -> list[str]:
    return ["docker", "--host", url, *words]


def said(url: str, *words: str, status: int = 0) -> str:
    """Give what a docker command prints, without what differs from engine to engine."""
    done = subprocess.run(command(url, *words), capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == status, (words, done.stderr)
    return masked(done.stdout + done.stderr)


def masked(text: str) -> str:
    text = re.sub(r"\b[0-9a-f]{64}\b", "ID", text)
    text = re.sub(r"\b[0-9a-f]{12}\b", "SHORT", text)
    text = re.sub(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", "TIME", text)
    return re.sub(r"(0\.0\.0\.0|\[::\]|::):\d{4,5}", r"\1:PORT", text)


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[DemoEngine]:
    with DemoEngine(str(tmp_path / "d.sock"), bare) as engine:
        yield engine


def test_the_same_commands_print_the_same(demo, prefix):
    name, volume, network = (f"{prefix}{word}" for word in ("box", "data", "net"))
    of_name, of_volume, of_network = (f"name={one}" for one in (name, volume, network))
    made = f"-v {volume}:/data --network {network} -p 80 --init --label a=b --env KEY=value"
    ports = "{{.Names}}|{{.State}}|{{.Image}}|{{.Command}}|{{.Ports}}|{{.Mounts}}|{{.Networks}}|{{.Labels}}"
    script: list[tuple[int, tuple[str, ...]]] = [
        (0, ("volume", "create", "--label", "a=b", volume)),
        (0, ("network", "create", network)),
        (0, ("create", "--name", name, *made.split(), "bb:2", "sh", "-c", "echo hello; sleep 1000")),
        (0, ("start", name)),
        (1, ("create", "--name", name, "bb:2")),
        (0, ("ps", "--filter", of_name, "--format", ports)),
        (0, ("ps", "--filter", of_name)),
        (0, ("port", name)),
        (0, ("pause", name)),
        (1, ("pause", name)),
        (0, ("unpause", name)),
        (0, ("inspect", "--format", "{{json .Config}}", name)),
        (0, ("inspect", "--format", "{{json .HostConfig.RestartPolicy}} {{json .Mounts}}", name)),
        (0, ("volume", "ls", "--filter", of_volume)),
        (0, ("volume", "inspect", volume)),
        (0, ("network", "ls", "--filter", of_network)),
        (0, ("images", "--filter", "reference=bb:2", "--format", "{{.Repository}}|{{.Tag}}")),
        (1, ("volume", "rm", volume)),
        (1, ("rm", name)),
        (0, ("stop", "--time", "0", name)),
        (0, ("ps", "--all", "--filter", of_name, "--format", ports)),
        (0, ("rm", name)),
        (1, ("inspect", name)),
        (1, ("stop", name)),
        (0, ("network", "rm", network)),
        (0, ("volume", "rm", volume)),
    ]
    for status, words in script:
        one, two = (said(url, *words, status=status) for url in (REAL, demo.url))
        if "{{json .Config}}" in words:
            assert json.loads(one) == json.loads(two)
        else:
            assert plain(one) == plain(two), words


def plain(text: str) -> str:
    """Take the times and widths out of a table."""
    return re.sub(r" {2,}", "  ", re.sub(r"(Less than a|About a|\d+) (second|minute)s?( ago)?", "TIME", text))


def test_logs_are_followed_until_the_container_ends(demo):
    world = demo.world
    world.create_container("box", "bb:2", ["sleep", "1000"])
    world.start("box")
    world.log("box", "one")
    argv = command(demo.url, "logs", "--follow", "--timestamps", "box")
    with subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as reader:
        assert reader.stdout is not None
        assert masked(reader.stdout.readline()) == "TIME one\n"
        world.log("box", "two", "stderr")
        assert masked(reader.stdout.readline()) == "TIME two\n"
        world.kill("box")
        assert reader.stdout.read() == ""
    assert said(demo.url, "logs", "--tail", "1", "box") == "two\n"


def test_stats_events_and_the_engines_own_facts(tmp_path):
    with DemoEngine(str(tmp_path / "d.sock"), stack) as engine:
        table = said(engine.url, "stats", "--no-stream").splitlines()
        assert len(table) == 8  # a title, and the seven that run
        cells = {line.split()[1]: line for line in table[1:]}
        assert re.search(r"\d\d\.\d\d%  .*MiB / ", cells["shop-api-1"])
        assert set(said(REAL, "stats", "--no-stream").splitlines()[0].split()) == set(table[0].split())
        argv = command(engine.url, "events", "--since", "10m", "--until", "0s", "--format", "{{json .}}")
        done = subprocess.run(argv, capture_output=True, text=True, check=True, timeout=30)
        told = [json.loads(line) for line in done.stdout.splitlines()]
        assert {"start", "die"} <= {item["Action"] for item in told}
        with subprocess.Popen(command(engine.url, "events"), stdout=subprocess.PIPE, text=True) as reader:
            assert reader.stdout is not None
            until(lambda: engine.world.events.listeners == 1)
            engine.world.stop("shop-web-1")
            line = reader.stdout.readline()
            reader.terminate()
        assert "container kill" in line
        assert "shop-web-1" in line
        for words, text in (
            (("version", "--format", "{{.Server.Version}}"), "26.1.5"),
            (("info", "--format", "{{.ContainersRunning}} {{.OSType}}"), "linux"),
            (("system", "df"), "Local Volumes"),
            (("top", "shop-db-1"), "checkpointer"),
            (("history", "taxi_ingest:v001"), "pip install"),
            (("image", "inspect", "postgres:16"), "PG_MAJOR=16"),
            (("compose", "ls"), "running(3)"),
            (("compose", "--project-name", "taxi", "ps"), "taxi-pgdatabase-1"),
        ):
            assert text in said(engine.url, *words), words


def test_compose_acts_on_a_project_of_the_demo(tmp_path):
    with DemoEngine(str(tmp_path / "d.sock"), stack, live=True) as engine:
        said(engine.url, "compose", "--project-name", "taxi", "stop", "--timeout", "0")
        assert {one.state for one in engine.world.containers.values() if one.name.startswith("taxi-")} == {
            "exited"
        }
        said(engine.url, "compose", "--project-name", "taxi", "start")
        assert engine.world.find("taxi-pgadmin-1").state == "running"
        said(engine.url, "compose", "--project-name", "taxi", "down", "--timeout", "0")
        assert not [one for one in engine.world.containers.values() if one.name.startswith("taxi-")]
        assert not [one for one in engine.world.networks.values() if one.name == "taxi_default"]


def test_compose_brings_a_file_up_on_the_demo(tmp_path):
    folder = tmp_path / "blog"
    folder.mkdir()
    (folder / "compose.yaml").write_text(
        "services:\n"
        "  db: {image: 'bb:2', command: sleep 1000, volumes: ['data:/data']}\n"
        "  web: {image: 'bb:2', command: sleep 1000, depends_on: [db], ports: ['80']}\n"
        "volumes: {data: {}}\n"
    )
    with DemoEngine(str(tmp_path / "d.sock"), bare) as engine:
        said(engine.url, "compose", "--project-directory", str(folder), "up", "--detach", "--wait")
        assert engine.world.find("blog-web-1").state == "running"
        assert engine.world.find("blog-web-1").ports["80/tcp"]
        assert "blog_data" in engine.world.volumes
        # Nothing differs from the file, so nothing is made anew.
        before = engine.world.find("blog-web-1").id
        said(engine.url, "compose", "--project-directory", str(folder), "up", "--detach")
        assert engine.world.find("blog-web-1").id == before
        said(engine.url, "compose", "--project-directory", str(folder), "down", "--volumes", "--timeout", "0")
        assert not engine.world.containers
        assert "blog_data" not in engine.world.volumes
