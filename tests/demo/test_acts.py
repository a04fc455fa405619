from __future__ import annotations

import threading

import pytest
from docker.errors import APIError

from tests.demo.talk import until


class Told:
    """The events of a world since it was made."""

    def __init__(self, world):
        self._world = world
        self._start = len(world.events.kept)

    def __call__(self) -> list[str]:
        return [f"{event.type} {event.action}" for event in self._world.events.kept[self._start :]]


@pytest.fixture
def told(world):
    return Told(world)


def deaf(api, name: str = "box", **more) -> str:
    """Make a container whose process ignores SIGTERM."""
    return str(api.create_container("bb:2", ["sleep", "1000"], name=name, **more)["Id"])


@pytest.fixture
def running(world, api, request):
    world.create_container("box", "bb:2", ["server"], binds=["data:/data"])
    world.start("box")
    return world.find("box")


def test_create_start_die_remove(api, told, world):
    deaf(api, host_config=api.create_host_config(binds=["data:/data"]))
    assert told() == ["volume create", "container create"]
    api.start("box")
    assert told()[2:] == ["network connect", "volume mount", "container start"]
    state = api.inspect_container("box")["State"]
    assert (state["Status"], state["Running"], state["FinishedAt"]) == (
        "running",
        True,
        "0001-01-01T00:00:00Z",
    )
    world.die("box", 3)
    assert told()[5:] == ["network disconnect", "volume unmount", "container die"]
    assert world.events.kept[-1].attributes["exitCode"] == "3"
    assert api.inspect_container("box")["State"]["ExitCode"] == 3
    api.remove_container("box")
    assert told()[8:] == ["container destroy"]
    assert api.containers(all=True) == []


def test_a_stop_that_is_heeded(api, told, running):
    api.stop("box")
    assert told()[5:] == [
        "container kill",
        "network disconnect",
        "volume unmount",
        "container stop",
        "container die",
    ]
    assert api.inspect_container("box")["State"]["ExitCode"] == 0


def test_a_stop_that_is_not_heeded(api, told):
    deaf(api)
    api.start("box")
    api.stop("box", timeout=0)
    assert told()[3:] == [
        "container kill",
        "container kill",
        "network disconnect",
        "container stop",
        "container die",
    ]
    assert api.inspect_container("box")["State"]["ExitCode"] == 137


def test_a_stop_takes_its_time_and_others_do_not_wait(api, world, running):
    running.temper.stop_takes = 0.4
    stopping = threading.Thread(target=world.stop, args=("box",))
    stopping.start()
    until(lambda: world.events.kept[-1].action == "kill")
    assert api.inspect_container("box")["State"]["Running"]
    stopping.join()
    assert not api.inspect_container("box")["State"]["Running"]


def test_restart(api, told, running):
    before = api.inspect_container("box")["State"]["StartedAt"]
    api.restart("box")
    assert told()[-7:] == [
        "volume unmount",
        "container stop",
        "container die",
        "network connect",
        "volume mount",
        "container start",
        "container restart",
    ]
    assert api.inspect_container("box")["State"]["StartedAt"] > before


def test_kill(api, told, running, world):
    api.kill("box", "SIGHUP")
    assert told()[5:] == ["container kill"]
    assert world.events.kept[-1].attributes["signal"] == "1"
    api.kill("box")
    assert told()[6:] == ["container kill", "network disconnect", "volume unmount", "container die"]
    assert api.inspect_container("box")["State"]["ExitCode"] == 137


def test_pause_and_unpause(api, told, running):
    api.pause("box")
    assert api.containers()[0]["Status"].endswith("(Paused)")
    api.unpause("box")
    assert told()[5:] == ["container pause", "container unpause"]
    assert api.containers()[0]["State"] == "running"


def test_rename(api, world, running):
    api.rename("box", "crate")
    last = world.events.kept[-1]
    assert (last.action, last.attributes["name"], last.attributes["oldName"]) == ("rename", "crate", "/box")
    assert api.inspect_container("crate")["Name"] == "/crate"


def test_remove_by_force_with_anonymous_volumes(api, told, world):
    deaf(api, volumes=["/cache"])
    api.start("box")
    api.remove_container("box", force=True, v=True)
    assert told()[-6:] == [
        "container kill",
        "network disconnect",
        "volume unmount",
        "container die",
        "volume destroy",
        "container destroy",
    ]
    assert world.volumes == {}


def test_named_volumes_outlive_their_container(api, world, running):
    api.remove_container("box", force=True, v=True)
    assert list(world.volumes) == ["data"]


def test_out_of_memory(api, told, world, running):
    world.die("box", oom=True)
    assert told()[5:] == ["container oom", "network disconnect", "volume unmount", "container die"]
    state = api.inspect_container("box")["State"]
    assert (state["OOMKilled"], state["ExitCode"]) == (True, 137)


def test_a_restart_policy_brings_it_back_unless_it_was_stopped_by_hand(api, world):
    world.create_container("loop", "bb:2", ["server"], restart="always")
    world.start("loop")
    world.die("loop", 1)
    assert api.containers()[0]["Status"].startswith("Restarting (1)")
    world.revive("loop")
    assert api.inspect_container("loop")["RestartCount"] == 1
    world.die("loop", 1)
    api.stop("loop")
    assert world.events.kept[-1].action == "stop"
    assert api.inspect_container("loop")["State"]["Status"] == "exited"


def test_health(api, world, told):
    world.create_container("box", "bb:2", ["server"], health="true")
    world.start("box")
    assert api.containers()[0]["Status"].endswith("(health: starting)")
    world.set_health("box", "unhealthy", "no answer")
    world.set_health("box", "unhealthy", "still none")
    assert told()[-1] == "container health_status: unhealthy"
    assert told().count("container health_status: unhealthy") == 1
    health = api.inspect_container("box")["State"]["Health"]
    assert (health["FailingStreak"], [one["Output"] for one in health["Log"]]) == (
        2,
        ["no answer", "still none"],
    )


def test_auto_remove(api, told):
    api.create_container("bb:2", ["true"], name="brief", host_config=api.create_host_config(auto_remove=True))
    api.start("brief")
    assert told()[-2:] == ["container die", "container destroy"]
    assert api.containers(all=True) == []


def test_wait(api, world, running):
    world.die("box", 7)
    assert api.wait("box") == {"StatusCode": 7}


def test_ports_clash(api, world):
    for name in ("first", "second"):
        world.create_container(name, "bb:2", ["server"], ports={"80/tcp": 8080})
    api.start("first")
    with pytest.raises(APIError, match=r"Bind for 0\.0\.0\.0:8080 failed: port is already allocated"):
        api.start("second")
    state = api.inspect_container("second")["State"]
    assert (state["Status"], state["ExitCode"]) == ("created", 128)
    assert "already allocated" in state["Error"]


def test_networks(api, told, world, running):
    made = api.create_network("net", labels={"a": "b"})["Id"]
    api.connect_container_to_network("box", "net", aliases=["db"])
    place = api.inspect_container("box")["NetworkSettings"]["Networks"]["net"]
    assert (place["IPAddress"], place["Aliases"]) == ("172.18.0.2", ["db"])
    with pytest.raises(APIError, match=f"network net id {made} has active endpoints"):
        api.remove_network("net")
    api.disconnect_container_from_network("box", "net")
    api.remove_network("net")
    # Docker tells of a running container's leaving twice.
    assert told()[5:] == [
        "network create",
        "network connect",
        "network disconnect",
        "network disconnect",
        "network destroy",
    ]


def test_volumes(api, told, running):
    with pytest.raises(APIError, match=rf"remove data: volume is in use - \[{running.id}\]"):
        api.remove_volume("data")
    assert api.create_volume("other", labels={"a": "b"})["Labels"] == {"a": "b"}
    api.remove_volume("other")
    assert told()[5:] == ["volume create", "volume destroy"]


def test_top(api, world, running):
    running.temper.processes = ["server", "server: child"]
    found = api.top("box")
    assert found["Titles"][-1] == "CMD"
    assert [line[-1] for line in found["Processes"]] == ["server", "server: child"]
