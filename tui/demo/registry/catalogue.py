"""What can be pulled: a few of the images that people learn Docker with.

The first edition of an image is what the scenes have; the registry has the last one.
"""

from __future__ import annotations

from typing import Any

from tui.demo.acts.image_config import PATH
from tui.demo.registry.offer import Offer

_DEBIAN = ("# debian.sh --arch 'amd64' out/ 'trixie' '@1762118400'", 78_620_672)
_ALPINE = ("ADD alpine-minirootfs-3.22.2-x86_64.tar.gz / # buildkit", 8_319_488)
_PYTHON_PATH = "PATH=/usr/local/bin:/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin"


def postgres(major: int, edition: int = 0) -> Offer:
    """Give PostgreSQL on Debian."""
    server = f'RUN /bin/sh -c set -ex; apt-get install -y "postgresql-{major}" … # buildkit'
    return Offer(
        [
            _DEBIAN,
            ("RUN /bin/sh -c set -eux; groupadd -r postgres --gid=999; … # buildkit", 10_240),
            (
                "RUN /bin/sh -c set -eux; apt-get update; apt-get install -y gnupg less … # buildkit",
                5_931_008,
            ),
            (f"ENV PG_MAJOR={major}", 0),
            (server, 352_000_512 + major * 4096 + edition * 53_248),
            ("COPY docker-entrypoint.sh docker-ensure-initdb.sh /usr/local/bin/ # buildkit", 17_408),
            ('ENTRYPOINT ["docker-entrypoint.sh"]', 0),
            ("STOPSIGNAL SIGINT", 0),
            ("EXPOSE map[5432/tcp:{}]", 0),
            ('CMD ["postgres"]', 0),
        ],
        {
            "command": ["postgres"],
            "entrypoint": ["docker-entrypoint.sh"],
            "env": [
                PATH.replace(":/bin", f":/bin:/usr/lib/postgresql/{major}/bin"),
                f"PG_MAJOR={major}",
                "LANG=en_US.utf8",
            ],
            "ports": ["5432/tcp"],
            "volumes": ["/var/lib/postgresql" if major >= 18 else "/var/lib/postgresql/data"],
        },
    )


def pgadmin(edition: int = 0) -> Offer:
    """Give pgAdmin on Alpine."""
    needs = "RUN /bin/sh -c apk add --no-cache python3 postfix krb5-libs libjpeg-turbo … # buildkit"
    return Offer(
        [
            _ALPINE,
            ("COPY /env/ /venv # buildkit", 301_215_744 + edition * 1_048_576),
            ("COPY web /pgadmin4 # buildkit", 196_083_712 + edition * 409_600),
            (needs, 64_339_968),
            ("USER 5050", 0),
            ("EXPOSE map[443/tcp:{} 80/tcp:{}]", 0),
            ('ENTRYPOINT ["/entrypoint.sh"]', 0),
        ],
        {
            "command": [],
            "entrypoint": ["/entrypoint.sh"],
            "env": [PATH, "PYTHONPATH=/pgadmin4"],
            "ports": ["443/tcp", "80/tcp"],
            "volumes": ["/var/lib/pgadmin"],
            "folder": "/pgadmin4",
            "user": "5050",
        },
        3,
    )


def python(version: str = "3.13.9", size: int = 37_232_640, tools: int = 0) -> Offer:
    """Give Python on Debian; `tools` is the bytes of what compiles, none in the slim ones."""
    needs = "RUN /bin/sh -c apt-get install -y --no-install-recommends ca-certificates tzdata # buildkit"
    compilers = (
        "RUN /bin/sh -c apt-get update && apt-get install -y autoconf gcc make libssl-dev … # buildkit"
    )
    return Offer(
        [
            _DEBIAN,
            *([(compilers, tools)] if tools else []),
            (f"ENV {_PYTHON_PATH}", 0),
            (needs, 3_811_328),
            (f"ENV PYTHON_VERSION={version}", 0),
            ("RUN /bin/sh -c set -eux; wget -O python.tar.xz … make -j … # buildkit", size),
            ('CMD ["python3"]', 0),
        ],
        {"command": ["python3"], "env": [_PYTHON_PATH, f"PYTHON_VERSION={version}"]},
        2,
    )


def nginx(version: str = "1.29.3", size: int = 44_507_136) -> Offer:
    """Give nginx on Alpine."""
    return Offer(
        [
            _ALPINE,
            (f"ENV NGINX_VERSION={version}", 0),
            ("RUN /bin/sh -c set -x; addgroup -g 101 -S nginx; apk add nginx … # buildkit", size),
            ("COPY docker-entrypoint.sh / # buildkit", 1_620),
            ('ENTRYPOINT ["/docker-entrypoint.sh"]', 0),
            ("EXPOSE map[80/tcp:{}]", 0),
            ('CMD ["nginx" "-g" "daemon off;"]', 0),
        ],
        {
            "command": ["nginx", "-g", "daemon off;"],
            "entrypoint": ["/docker-entrypoint.sh"],
            "env": [PATH, f"NGINX_VERSION={version}"],
            "ports": ["80/tcp"],
        },
    )


def redis() -> Offer:
    """Give Redis on Alpine."""
    return Offer(
        [
            _ALPINE,
            ("RUN /bin/sh -c set -eux; addgroup -S -g 1000 redis; adduser -S redis # buildkit", 5_120),
            ("RUN /bin/sh -c set -eux; wget -O redis.tar.gz …; make … # buildkit", 62_017_536),
            ("VOLUME [/data]", 0),
            ("EXPOSE map[6379/tcp:{}]", 0),
            ('CMD ["redis-server"]', 0),
        ],
        {
            "command": ["redis-server"],
            "entrypoint": ["docker-entrypoint.sh"],
            "env": [PATH, "REDIS_VERSION=8.2.3"],
            "ports": ["6379/tcp"],
            "volumes": ["/data"],
            "folder": "/data",
        },
        40,
    )


def hello_world() -> Offer:
    """Give the image that says hello."""
    return Offer([("COPY hello / # buildkit", 10_072), ('CMD ["/hello"]', 0)], {"command": ["/hello"]}, 90)


def _plain(*steps: tuple[str, int], command: str, **config: Any) -> Offer:
    words = command.split()
    quoted = " ".join(f'"{word}"' for word in words)
    last = f"CMD [{quoted}]"
    return Offer([*steps, (last, 0)], {"command": words, **config}, 12)


def _node() -> Offer:
    return _plain(
        _ALPINE,
        ("ENV NODE_VERSION=22.21.1", 0),
        ("RUN /bin/sh -c addgroup -g 1000 node; curl -fsSLO node.tar.xz … # buildkit", 148_045_824),
        ("COPY docker-entrypoint.sh /usr/local/bin/ # buildkit", 388),
        command="node",
        entrypoint=["docker-entrypoint.sh"],
        env=[PATH, "NODE_VERSION=22.21.1"],
    )


def _golang() -> Offer:
    return _plain(
        _DEBIAN,
        ("RUN /bin/sh -c apt-get install -y g++ gcc libc6-dev make pkg-config # buildkit", 241_172_480),
        ("COPY /target/ / # buildkit", 263_192_576),
        command="bash",
        env=[f"PATH=/go/bin:/usr/local/go/bin:{PATH[5:]}", "GOLANG_VERSION=1.25.4", "GOPATH=/go"],
        folder="/go",
    )


CATALOGUE: dict[str, dict[str, Offer]] = {
    "hello-world": {"latest": hello_world(), "linux": hello_world()},
    "busybox": dict.fromkeys(
        ("latest", "1.37"), _plain(("BusyBox 1.37.0 (glibc), Debian 13", 4_495_000), command="sh")
    ),
    "alpine": dict.fromkeys(("latest", "3.22", "3", "3.22.2"), _plain(_ALPINE, command="/bin/sh")),
    "debian": dict.fromkeys(("latest", "trixie", "trixie-slim", "13"), _plain(_DEBIAN, command="bash")),
    "ubuntu": dict.fromkeys(
        ("latest", "24.04", "noble"),
        _plain(
            ("ADD file:bcebbf0fddcba5b864d5d267b68dd23bcfb01275e6ec7bcab69bf8b56af14804 in /", 78_129_152),
            command="/bin/bash",
        ),
    ),
    "python": {
        **dict.fromkeys(("3.13-slim", "3-slim", "3.13.10-slim"), python("3.13.10", 37_281_792)),
        "3.12-slim": python("3.12.12", 41_238_528),
        **dict.fromkeys(("latest", "3", "3.13"), python("3.13.10", 71_303_168, 812_384_256)),
    },
    "postgres": {
        **dict.fromkeys(("latest", "18"), postgres(18, 1)),
        "17": postgres(17, 1),
        "16": postgres(16),
    },
    "redis": dict.fromkeys(("latest", "8", "8-alpine"), redis()),
    "nginx": dict.fromkeys(("latest", "alpine", "1.29-alpine"), nginx("1.29.4", 44_527_616)),
    "node": dict.fromkeys(("latest", "22-alpine", "22"), _node()),
    "golang": dict.fromkeys(("latest", "1.25"), _golang()),
    "dpage/pgadmin4": dict.fromkeys(("latest", "9"), pgadmin(1)),
    "adminer": dict.fromkeys(
        ("latest", "5"),
        _plain(
            _ALPINE,
            ("RUN /bin/sh -c apk add --no-cache php84 php84-session … # buildkit", 109_051_904),
            command="php -S [::]:8080 -t /var/www/html",
            ports=["8080/tcp"],
        ),
    ),
}
"""By repository of Docker Hub and by tag."""
