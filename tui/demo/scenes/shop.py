"""The scene's web shop, in which something is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.demo.acts.things import Temper
from tui.demo.scenes import base_images
from tui.demo.scenes.compose import Project
from tui.demo.scenes.history import spread
from tui.demo.scenes.taxi import postgres_temper

if TYPE_CHECKING:
    from collections.abc import Callable

    from tui.demo.acts.things import Said
    from tui.demo.world import World

_MINUTE, _HOUR, _DAY = 60.0, 3_600.0, 86_400.0
_SHOP = Project("shop", "/home/ada/shop")
_UP_SINCE = 5 * _HOUR
_OOM = 3 * _HOUR
_LIMIT = 256 * 1024 * 1024
_REFUSED = "curl: (7) Failed to connect to localhost port 8000 after 0 ms: Could not connect to server\n"
_ENV = ["PATH=/usr/local/bin:/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin", "PYTHON_VERSION=3.13.9"]
_LOOP = (412.0, 350.0, 289.0, 227.0, 166.0, 104.0, 43.0)
"""When the job was started again, in seconds ago."""

_WEB = Temper(
    stop_takes=0.2,
    cpu=0.004,
    memory=9_961_472,
    traffic=5_200,
    processes=[
        "nginx: master process nginx -g daemon off;",
        "nginx: worker process",
        "nginx: worker process",
    ],
    written=1_095,
    opening=[
        ("stdout", "/docker-entrypoint.sh: Configuration complete; ready for start up"),
        ("stderr", "[notice] 1#1: nginx/1.29.3"),
        ("stderr", "[notice] 1#1: start worker processes"),
    ],
    script=[
        ("stdout", '%(ip)s - - "GET %(page)s HTTP/1.1" 200 %(k)d "-" "Mozilla/5.0"'),
        ("stdout", '%(ip)s - - "GET /api%(page)s HTTP/1.1" 200 %(k)d "-" "Mozilla/5.0"'),
        ("stdout", '%(ip)s - - "GET /api%(page)s HTTP/1.1" 502 157 "-" "Mozilla/5.0"'),
        (
            "stderr",
            "[error] 29#29: *%(n)d connect() failed (111: Connection refused) while connecting to upstream",
        ),
        ("stdout", '%(ip)s - - "GET /static/app.js HTTP/1.1" 304 0 "-" "Mozilla/5.0"'),
    ],
    mixed=True,
    pace=2.5,
)


def _served(request: str, outcome: str, colour: int) -> Said:
    """Write a line as uvicorn does."""
    words = f'%(ip)s - "\x1b[1m{request} HTTP/1.1\x1b[0m" \x1b[{colour}m{outcome}\x1b[0m'
    return "stdout", f"\x1b[32mINFO\x1b[0m:     {words}"


_API = Temper(
    stop_takes=1.5,
    cpu=0.22,
    memory=187_695_104,
    traffic=3_100,
    processes=["python -m uvicorn shop.api:app --host 0.0.0.0 --port 8000"],
    written=184_320,
    opening=[
        ("stdout", "\x1b[32mINFO\x1b[0m:     Started server process [\x1b[36m1\x1b[0m]"),
        ("stdout", "\x1b[32mINFO\x1b[0m:     Application startup complete."),
    ],
    script=[
        *[_served("GET %(page)s", "200 OK", 32)] * 5,
        _served("POST /cart/items", "201 Created", 32),
        _served("GET /products/9913", "404 Not Found", 33),
        _served("POST /orders", "504 Gateway Timeout", 31),
        *[
            (
                "stdout",
                '{"level":"info","event":"order_placed","order_id":%(order)d,"items":3,"took_ms":%(ms)d}',
            )
        ]
        * 2,
        (
            "stdout",
            '{"level":"error","event":"upstream_timeout","service":"payments","took_ms":30%(ms)d,"retry":true}',
        ),
        ("stderr", "\x1b[33mWARNING\x1b[0m:  pool exhausted, waited %(ms)d ms for a connection to db:5432"),
        (
            "stderr",
            "\x1b[31mERROR\x1b[0m:    payments: read timed out (timeout=30), order %(order)d stays open",
        ),
    ],
    mixed=True,
    pace=3.0,
    # Refused for half a minute more, well for half a minute, and so on.
    checks=[*[("fail", _REFUSED)] * 3, *[("pass", '{"status":"ok"}')] * 3, *[("fail", _REFUSED)] * 6],
)

_CACHE = Temper(
    stop_takes=0.1,
    cpu=0.006,
    memory=11_534_336,
    traffic=1_500,
    user="999",
    processes=["redis-server *:6379"],
    opening=[
        ("stdout", "1:C * oO0OoO0OoO0Oo Redis is starting oO0OoO0OoO0Oo"),
        ("stdout", "1:M * Running mode=standalone, port=6379."),
        ("stdout", "1:M * Ready to accept connections tcp"),
    ],
    script=[
        ("stdout", "1:M * 100 changes in 300 seconds. Saving..."),
        ("stdout", "1:M * Background saving started by pid %(k)d"),
        ("stdout", "%(k)d:C * DB saved on disk"),
        ("stdout", "1:M * Background saving terminated with success"),
    ],
    pace=12.0,
    closing=[("stdout", "1:M # Redis is now ready to exit, bye bye...")],
)

_JOB = Temper(
    cpu=0.4,
    memory=48_000_000,
    lasts=1.6,
    exit_code=1,
    processes=["python -m shop.reindex"],
    opening=[("stdout", "reindex: reading the catalogue from db:5432")],
    last_words=[
        ("stderr", "Traceback (most recent call last):"),
        ("stderr", '  File "/app/shop/reindex.py", line 41, in main'),
        ("stderr", '    host = os.environ["SEARCH_HOST"]'),
        ("stderr", "KeyError: 'SEARCH_HOST'"),
    ],
)

_WORKER = Temper(
    cpu=0.7,
    memory=262_000_000,
    processes=["python -m shop.worker"],
    written=20_480,
    opening=[("stdout", "worker: waiting for jobs on cache:6379")],
    script=[
        ("stdout", "worker: job %(order)d resize_images done in %(ms)d ms"),
        (
            "stdout",
            '{"level":"warning","event":"memory","rss_mb":248,"limit_mb":256,"job":"export_orders"}',
        ),
        ("stdout", "worker: job %(order)d export_orders started"),
    ],
)


def _pull(world: World) -> None:
    base_images.postgres(world, 16)
    base_images.nginx(world)
    base_images.redis(world)


def _build(world: World) -> None:
    for tag, words in (
        ("shop-api:latest", ["uvicorn", "shop.api:app"]),
        ("shop-worker:latest", ["python", "-m", "shop.worker"]),
    ):
        world.add_image(
            tag,
            [
                (
                    "RUN /bin/sh -c pip install --no-cache-dir -r requirements.txt # buildkit",
                    68_157_440 + len(tag),
                ),
                ("WORKDIR /app", 0),
                ("COPY shop shop # buildkit", 212_992),
            ],
            base="python:3.13-slim",
            command=words,
            env=_ENV,
            folder="/app",
            labels={"org.opencontainers.image.source": "https://git.example.com/ada/shop"},
        )


def _up(world: World) -> None:
    _SHOP.lay(world, "pgdata")
    _SHOP.up(
        world,
        "db",
        "postgres:16",
        temper=postgres_temper("16.11", 96_468_992),
        env=["POSTGRES_PASSWORD=shop", "POSTGRES_DB=shop"],
        binds=["shop_pgdata:/var/lib/postgresql/data"],
        restart="unless-stopped",
        health="pg_isready -U postgres",
    )
    _SHOP.up(world, "cache", "redis:8-alpine", temper=_CACHE, restart="unless-stopped")
    _SHOP.up(
        world,
        "api",
        "shop-api",
        ["python", "-m", "uvicorn", "shop.api:app", "--host", "0.0.0.0", "--port", "8000"],  # noqa: S104  # words of a command
        temper=_API,
        env=["DATABASE_URL=postgresql://postgres:shop@db:5432/shop", "REDIS_URL=redis://cache:6379/0"],
        ports={"8000/tcp": None},
        restart="unless-stopped",
        health="curl -f http://localhost:8000/healthz",
        needs="db:service_healthy:false,cache:service_started:false",
    )
    _SHOP.up(
        world,
        "web",
        "nginx:1.29-alpine",
        temper=_WEB,
        ports={"80/tcp": 8080},
        needs="api:service_started:false",
    )
    _SHOP.up(
        world,
        "worker",
        "shop-worker",
        temper=_WORKER,
        env=["REDIS_URL=redis://cache:6379/0"],
        memory=_LIMIT,
        needs="cache:service_started:false",
    )
    _SHOP.up(
        world,
        "job",
        "shop-worker",
        ["python", "-m", "shop.reindex"],
        temper=_JOB,
        env=["DATABASE_URL=postgresql://postgres:shop@db:5432/shop"],
        restart="always",
        needs="db:service_healthy:false",
    )
    world.expire("shop-job-1")


def _healthy(world: World) -> None:
    world.set_health("shop-db-1", "healthy", "/var/run/postgresql:5432 - accepting connections\n")
    world.set_health("shop-api-1", "healthy", '{"status":"ok"}')


def _unhealthy(world: World) -> None:
    world.set_health("shop-api-1", "unhealthy", _REFUSED)


def _write(world: World) -> None:
    spread(world, "shop-worker-1", _UP_SINCE, _OOM + 5, 24)
    spread(world, "shop-db-1", _UP_SINCE - _MINUTE, 70, 40)
    spread(world, "shop-cache-1", _UP_SINCE - _MINUTE, 30, 40)
    spread(world, "shop-api-1", _UP_SINCE - _MINUTE, 8, 120)
    spread(world, "shop-web-1", _UP_SINCE - _MINUTE, 4, 160)


def _loop() -> list[tuple[float, Callable[[World], None]]]:
    steps: list[tuple[float, Callable[[World], None]]] = []
    for ago in _LOOP:
        steps.append((ago, lambda world: world.revive("shop-job-1")))
        steps.append((ago - 1.6, lambda world: world.expire("shop-job-1")))
    return steps


STEPS: list[tuple[float, Callable[[World], None]]] = [
    (21 * _DAY, _pull),
    (6 * _HOUR, _build),
    (_UP_SINCE, _up),
    (_UP_SINCE - 12, _healthy),
    (_OOM, lambda world: world.die("shop-worker-1", oom=True)),
    (25 * _MINUTE, _unhealthy),
    (31.0, _unhealthy),
    (21.0, _unhealthy),
    (11.0, _unhealthy),
    *_loop(),
    (3.0, _write),
]
"""What happened, each with how many seconds ago."""
