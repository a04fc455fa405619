from __future__ import annotations

from typing import Any

import pytest

from tui.demo.api.shapes import row
from tui.demo.scenes import data_stack, filled, many, scale, stack
from tui.demo.world import World

CLOCK = 1_800_000_000.0


def made(scene=stack, seed: int = 1) -> World:
    return filled(scene, lambda: CLOCK, seed)


def rows(world: World) -> list[dict[str, Any]]:
    return [row(world, one) for one in world.containers.values()]


def test_states_of_the_default_scene(full_api):
    found = {item["Names"][0]: item for item in full_api.containers(all=True)}
    assert {name: item["Status"] for name, item in found.items()} == {
        "/hello": "Exited (0) 12 days ago",
        "/ingest": "Exited (0) 25 hours ago",
        "/shop-api-1": "Up 5 hours (unhealthy)",
        "/shop-cache-1": "Up 5 hours",
        "/shop-db-1": "Up 5 hours (healthy)",
        "/shop-job-1": "Restarting (1) 41 seconds ago",
        "/shop-web-1": "Up 5 hours",
        "/shop-worker-1": "Exited (137) 3 hours ago",
        "/taxi-pgadmin-1": "Up 26 hours",
        "/taxi-pgdatabase-1": "Up 26 hours (healthy)",
    }
    assert {"IP": "0.0.0.0", "PrivatePort": 80, "Type": "tcp", "PublicPort": 8080} in found["/shop-web-1"][
        "Ports"
    ]
    labels = found["/taxi-pgdatabase-1"]["Labels"]
    assert labels["com.docker.compose.project"] == "taxi"
    assert labels["com.docker.compose.project.working_dir"] == "/home/ada/taxi"
    assert labels["com.docker.compose.project.config_files"] == "/home/ada/taxi/compose.yaml"


def test_what_is_wrong_in_it(full_api):
    assert full_api.inspect_container("shop-worker-1")["State"]["OOMKilled"]
    health = full_api.inspect_container("shop-api-1")["State"]["Health"]
    assert (health["Status"], health["Log"][-1]["ExitCode"]) == ("unhealthy", 1)
    assert "Failed to connect" in health["Log"][-1]["Output"]
    job = full_api.inspect_container("shop-job-1")
    assert (job["State"]["Restarting"], job["State"]["ExitCode"], job["RestartCount"]) == (True, 1, 7)


def test_images_volumes_networks(full_api):
    tags = [tag for image in full_api.images() for tag in image["RepoTags"]]
    assert {
        "postgres:18",
        "dpage/pgadmin4:latest",
        "python:3.13-slim",
        "taxi_ingest:v001",
        "postgres:16",
    } <= {*tags}
    assert len(full_api.images(filters={"dangling": True})) == 2
    unused = full_api.volumes(filters={"dangling": ["true"]})["Volumes"]
    assert [volume["Name"] for volume in unused] == ["scratch"]
    assert {net["Name"] for net in full_api.networks()} == {
        "bridge",
        "host",
        "none",
        "taxi_default",
        "shop_default",
    }
    inside = full_api.inspect_network("taxi_default")["Containers"].values()
    assert sorted(one["Name"] for one in inside) == ["taxi-pgadmin-1", "taxi-pgdatabase-1"]
    steps = [step["CreatedBy"] for step in full_api.history("taxi_ingest:v001")]
    assert "python" in steps[0]
    assert any("debian" in step for step in steps)


def test_events_in_the_order_of_their_times_and_a_crash_loop_lately():
    world = made()
    events = world.events.kept
    assert [event.moment for event in events] == sorted(event.moment for event in events)
    job = world.find("shop-job-1").id
    deaths = [event for event in events if event.actor == job and event.action == "die"]
    assert len([event for event in deaths if event.moment > (CLOCK - 300) * 1e9]) >= 3


def test_logs_have_colours_json_and_times_before_now():
    world = made()
    text = b"".join(record.content for record in world.find("shop-api-1").log)
    assert b"\x1b[32mINFO" in text
    assert b'{"level":"info"' in text
    for one in world.containers.values():
        moments = [record.moment for record in one.log]
        assert moments == sorted(set(moments)), one.name
        assert not moments or one.created < moments[0] <= moments[-1] <= CLOCK * 1e9, one.name
        assert one.log, one.name


def test_the_same_seed_gives_the_same_world_and_another_one_does_not():
    assert rows(made()) == rows(made())
    assert not {item["Id"] for item in rows(made())} & {item["Id"] for item in rows(made(seed=2))}


@pytest.mark.parametrize(("running", "stopped"), [(0, 0), (3, 0), (120, 80)])
def test_scale(running, stopped):
    states = [item["State"] for item in rows(made(scale(running, stopped)))]
    assert (states.count("running"), states.count("exited")) == (running, stopped)


def test_worlds_ready_made_are_those_of_the_scenes():
    def clock() -> float:
        return CLOCK

    assert rows(data_stack(clock)) == rows(made())
    assert data_stack(clock).now() == CLOCK * 10**9
    crowd = many(3, 2, clock)
    assert [item["State"] for item in rows(crowd)] == ["running"] * 3 + ["exited"] * 2
    assert crowd.find_image("bb:2").tags == ["bb:2"]
