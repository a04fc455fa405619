"""Images that come from a registry."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tui.demo.world import World

_PATH = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_DEBIAN = ("# debian.sh --arch 'amd64' out/ 'trixie' '@1762118400'", 78_620_672)
_ALPINE = ("ADD alpine-minirootfs-3.22.2-x86_64.tar.gz / # buildkit", 8_319_488)


def postgres(world: World, major: int) -> None:
    """Pull postgres:`major`."""
    world.add_image(
        f"postgres:{major}",
        [
            _DEBIAN,
            ("RUN /bin/sh -c set -eux; groupadd -r postgres --gid=999; … # buildkit", 10_240),
            (
                "RUN /bin/sh -c set -eux; apt-get update; apt-get install -y gnupg less … # buildkit",
                5_931_008,
            ),
            (f"ENV PG_MAJOR={major}", 0),
            (
                f'RUN /bin/sh -c set -ex; apt-get install -y "postgresql-{major}" … # buildkit',
                352_000_512 + major * 4096,
            ),
            ("COPY docker-entrypoint.sh docker-ensure-initdb.sh /usr/local/bin/ # buildkit", 17_408),
            ('ENTRYPOINT ["docker-entrypoint.sh"]', 0),
            ("STOPSIGNAL SIGINT", 0),
            ("EXPOSE map[5432/tcp:{}]", 0),
            ('CMD ["postgres"]', 0),
        ],
        command=["postgres"],
        entrypoint=["docker-entrypoint.sh"],
        env=[
            _PATH.replace(":/bin", f":/bin:/usr/lib/postgresql/{major}/bin"),
            f"PG_MAJOR={major}",
            "LANG=en_US.utf8",
        ],
        ports=["5432/tcp"],
        volumes=["/var/lib/postgresql" if major >= 18 else "/var/lib/postgresql/data"],
        pulled=True,
    )


def pgadmin(world: World) -> None:
    """Pull dpage/pgadmin4."""
    world.add_image(
        "dpage/pgadmin4:latest",
        [
            _ALPINE,
            ("COPY /env/ /venv # buildkit", 301_215_744),
            ("COPY web /pgadmin4 # buildkit", 196_083_712),
            (
                "RUN /bin/sh -c apk add --no-cache python3 postfix krb5-libs libjpeg-turbo … # buildkit",
                64_339_968,
            ),
            ("USER 5050", 0),
            ("EXPOSE map[443/tcp:{} 80/tcp:{}]", 0),
            ('ENTRYPOINT ["/entrypoint.sh"]', 0),
        ],
        command=[],
        entrypoint=["/entrypoint.sh"],
        env=[_PATH, "PYTHONPATH=/pgadmin4"],
        ports=["443/tcp", "80/tcp"],
        volumes=["/var/lib/pgadmin"],
        folder="/pgadmin4",
        user="5050",
        pulled=True,
    )


def python(world: World) -> None:
    """Pull python:3.13-slim."""
    world.add_image(
        "python:3.13-slim",
        [
            _DEBIAN,
            ("ENV PATH=/usr/local/bin:/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin", 0),
            (
                "RUN /bin/sh -c apt-get install -y --no-install-recommends ca-certificates tzdata # buildkit",
                3_811_328,
            ),
            ("ENV PYTHON_VERSION=3.13.9", 0),
            ("RUN /bin/sh -c set -eux; wget -O python.tar.xz … make -j … # buildkit", 37_232_640),
            ('CMD ["python3"]', 0),
        ],
        command=["python3"],
        env=[_PATH, "PYTHON_VERSION=3.13.9"],
        pulled=True,
    )


def nginx(world: World) -> None:
    """Pull nginx:1.29-alpine."""
    world.add_image(
        "nginx:1.29-alpine",
        [
            _ALPINE,
            ("ENV NGINX_VERSION=1.29.3", 0),
            ("RUN /bin/sh -c set -x; addgroup -g 101 -S nginx; apk add nginx … # buildkit", 44_507_136),
            ("COPY docker-entrypoint.sh / # buildkit", 1_620),
            ('ENTRYPOINT ["/docker-entrypoint.sh"]', 0),
            ("EXPOSE map[80/tcp:{}]", 0),
            ('CMD ["nginx" "-g" "daemon off;"]', 0),
        ],
        command=["nginx", "-g", "daemon off;"],
        entrypoint=["/docker-entrypoint.sh"],
        env=[_PATH, "NGINX_VERSION=1.29.3"],
        ports=["80/tcp"],
        pulled=True,
    )


def redis(world: World) -> None:
    """Pull redis:8-alpine."""
    world.add_image(
        "redis:8-alpine",
        [
            _ALPINE,
            ("RUN /bin/sh -c set -eux; addgroup -S -g 1000 redis; adduser -S redis # buildkit", 5_120),
            ("RUN /bin/sh -c set -eux; wget -O redis.tar.gz …; make … # buildkit", 62_017_536),
            ("VOLUME [/data]", 0),
            ("EXPOSE map[6379/tcp:{}]", 0),
            ('CMD ["redis-server"]', 0),
        ],
        command=["redis-server"],
        entrypoint=["docker-entrypoint.sh"],
        env=[_PATH, "REDIS_VERSION=8.2.3"],
        ports=["6379/tcp"],
        volumes=["/data"],
        folder="/data",
        pulled=True,
    )


def hello_world(world: World) -> None:
    """Pull hello-world."""
    world.add_image(
        "hello-world:latest",
        [("COPY hello / # buildkit", 10_072), ('CMD ["/hello"]', 0)],
        command=["/hello"],
        env=[_PATH],
        pulled=True,
    )
