"""The scene's data stack: a database, its web interface, and a program that loads taxi trips."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.demo.acts.things import Temper
from tui.demo.scenes import base_images
from tui.demo.scenes.compose import Project
from tui.demo.scenes.history import spread

if TYPE_CHECKING:
    from collections.abc import Callable

    from tui.demo.acts.things import Said
    from tui.demo.world import World

_MINUTE, _HOUR, _DAY = 60.0, 3_600.0, 86_400.0
_TAXI = Project("taxi", "/home/ada/taxi")
_UP_SINCE = 26 * _HOUR


def _err(*texts: str) -> list[Said]:
    return [("stderr", text) for text in texts]


POSTGRES_SCRIPT = _err(
    "LOG:  checkpoint starting: time",
    "LOG:  checkpoint complete: wrote %(k)d buffers (0.6%%); 0 WAL file(s) added, 0 removed, 1 recycled; "
    "write=12.%(ms)d s, sync=0.003 s, total=12.4 s; sync files=14, longest=0.002 s, average=0.001 s",
    'ERROR:  relation "yellow_taxi_trip" does not exist at character 15',
    "STATEMENT:  SELECT count(*) FROM yellow_taxi_trip",
    "LOG:  duration: 1%(ms)d.310 ms  statement: SELECT zone, sum(total_amount) FROM trips GROUP BY zone",
)


def postgres_temper(version: str, memory: int) -> Temper:
    """Say how a PostgreSQL server behaves."""
    return Temper(
        stop_takes=0.3,
        cpu=0.018,
        memory=memory,
        traffic=2_400,
        user="999",
        processes=[
            "postgres",
            "postgres: checkpointer ",
            "postgres: background writer ",
            "postgres: walwriter ",
            "postgres: autovacuum launcher ",
            "postgres: logical replication launcher ",
        ],
        written=63,
        opening=[
            ("stdout", ""),
            (
                "stdout",
                "PostgreSQL Database directory appears to contain a database; Skipping initialization",
            ),
            ("stdout", ""),
            *_err(
                f"LOG:  starting PostgreSQL {version} on x86_64-pc-linux-gnu, compiled by gcc, 64-bit",
                'LOG:  listening on IPv4 address "0.0.0.0", port 5432',
                'LOG:  listening on Unix socket "/var/run/postgresql/.s.PGSQL.5432"',
                "LOG:  database system is ready to accept connections",
            ),
        ],
        script=POSTGRES_SCRIPT,
        pace=9.0,
        closing=_err("LOG:  received fast shutdown request", "LOG:  database system is shut down"),
    )


_PGADMIN = Temper(
    stop_takes=0.8,
    cpu=0.009,
    memory=228_589_568,
    traffic=900,
    user="5050",
    processes=[
        "/venv/bin/python3 /venv/bin/gunicorn --timeout 86400 --bind [::]:80 run_pgadmin:app",
        "/usr/libexec/postfix/master -w",
        "/venv/bin/python3 /venv/bin/gunicorn --timeout 86400 --bind [::]:80 run_pgadmin:app",
    ],
    written=2_301_952,
    opening=[
        ("stdout", "postfix/postfix-script: starting the Postfix mail system"),
        *_err(
            "[1] [INFO] Starting gunicorn 23.0.0",
            "[1] [INFO] Listening at: http://[::]:80 (1)",
            "[1] [INFO] Using worker: gthread",
            "[118] [INFO] Booting worker with pid: 118",
        ),
    ],
    script=[
        (
            "stdout",
            '::ffff:%(ip)s - - "GET /browser/ HTTP/1.1" 200 %(k)d "-" "Mozilla/5.0 (X11; Linux x86_64)"',
        ),
        ("stdout", '::ffff:%(ip)s - - "POST /sqleditor/query_tool/start/%(order)d HTTP/1.1" 200 %(k)d'),
        ("stdout", '::ffff:%(ip)s - - "GET /misc/ping HTTP/1.1" 200 4'),
    ],
    mixed=True,
    pace=7.0,
)

_INGEST = Temper(
    cpu=0.9,
    memory=310_000_000,
    lasts=6.0,
    processes=["python ingest_data.py"],
    written=412,
    opening=[
        ("stdout", "\x1b[1mLoading yellow_tripdata_2021-01.csv.gz into yellow_taxi_trips\x1b[0m"),
        (
            "stdout",
            "  0%|          | 0/14\r 29%|██▊       | 4/14 [00:31]\r100%|██████████| 14/14 [01:48<00:00]",
        ),
        ("stdout", "\x1b[33mDtypeWarning\x1b[0m: column 6 has mixed types."),
    ],
    last_words=[("stdout", "\x1b[32m✓\x1b[0m 1,369,765 rows in 1 min 48 s")],
)


def _build(tag: str, size: int) -> Callable[[World], None]:
    def build(world: World) -> None:
        world.add_image(
            tag,
            [
                (
                    "RUN /bin/sh -c pip install --no-cache-dir pandas sqlalchemy psycopg2 tqdm # buildkit",
                    size,
                ),
                ("WORKDIR /app", 0),
                ("COPY ingest_data.py ingest_data.py # buildkit", 4_096),
                ('ENTRYPOINT ["python" "ingest_data.py"]', 0),
            ],
            base="python:3.13-slim",
            command=[],
            entrypoint=["python", "ingest_data.py"],
            env=[
                "PATH=/usr/local/bin:/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin",
                "PYTHON_VERSION=3.13.9",
            ],
            folder="/app",
        )

    return build


def _up(world: World) -> None:
    _TAXI.lay(world, "pgdata", "pgadmin_data")
    _TAXI.up(
        world,
        "pgdatabase",
        "postgres:18",
        temper=postgres_temper("18.1", 148_176_896),
        env=["POSTGRES_USER=root", "POSTGRES_PASSWORD=root", "POSTGRES_DB=ny_taxi"],
        ports={"5432/tcp": 5432},
        binds=["taxi_pgdata:/var/lib/postgresql"],
        health="pg_isready -U root",
    )
    _TAXI.up(
        world,
        "pgadmin",
        "dpage/pgadmin4",
        temper=_PGADMIN,
        env=["PGADMIN_DEFAULT_EMAIL=admin@admin.com", "PGADMIN_DEFAULT_PASSWORD=root"],
        ports={"80/tcp": 8085, "443/tcp": None},
        binds=["taxi_pgadmin_data:/var/lib/pgadmin"],
        needs="pgdatabase:service_healthy:false",
    )


def _healthy(world: World) -> None:
    world.set_health("taxi-pgdatabase-1", "healthy", "/var/run/postgresql:5432 - accepting connections\n")


def _start_ingest(world: World) -> None:
    words = [
        "--user=root",
        "--password=root",
        "--host=pgdatabase",
        "--port=5432",
        "--db=ny_taxi",
        "--year=2021",
    ]
    world.create_container(
        "ingest", "taxi_ingest:v001", words, network="taxi_default", tty=True, temper=_INGEST
    )
    world.start("ingest")


def _write(world: World) -> None:
    spread(world, "taxi-pgdatabase-1", _UP_SINCE - _MINUTE, 20, 60)
    spread(world, "taxi-pgadmin-1", _UP_SINCE - _MINUTE, 45, 90)


STEPS: list[tuple[float, Callable[[World], None]]] = [
    (9 * _DAY, base_images.python),
    (5 * _DAY, lambda world: base_images.postgres(world, 18)),
    (5 * _DAY - 40, base_images.pgadmin),
    (2 * _DAY + 3 * _HOUR, _build("taxi_ingest:v001", 214_000_128)),
    (2 * _DAY + 2 * _HOUR, _build("taxi_ingest:v001", 214_016_512)),
    (2 * _DAY, _build("taxi_ingest:v001", 214_048_768)),
    (_UP_SINCE, _up),
    (_UP_SINCE - 10, _healthy),
    (25 * _HOUR, _start_ingest),
    (25 * _HOUR - 110, lambda world: world.expire("ingest")),
    (5.0, _write),
]
"""What happened, each with how many seconds ago."""
