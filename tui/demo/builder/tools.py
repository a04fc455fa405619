"""What the programs print that Dockerfiles run."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tui.demo.wire.messages import human

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_VERSIONS = {
    "fastapi": ("0.121.3", 110_000),
    "flask": ("3.1.2", 103_000),
    "numpy": ("2.3.5", 16_600_000),
    "pandas": ("2.3.3", 12_100_000),
    "psycopg2-binary": ("2.9.11", 4_200_000),
    "pyarrow": ("22.0.0", 47_700_000),
    "requests": ("2.32.5", 64_700),
    "sqlalchemy": ("2.0.44", 3_200_000),
    "tqdm": ("4.67.1", 78_500),
    "uvicorn": ("0.38.0", 68_100),
}
_NEEDS = {
    "fastapi": ("starlette", "pydantic", "typing-extensions"),
    "flask": ("werkzeug", "jinja2", "click", "itsdangerous"),
    "pandas": ("numpy", "python-dateutil", "pytz", "tzdata"),
    "requests": ("urllib3", "idna", "certifi", "charset-normalizer"),
    "sqlalchemy": ("greenlet", "typing-extensions"),
    "uvicorn": ("click", "h11"),
}
_AS_ROOT = (
    "WARNING: Running pip as the 'root' user can result in broken permissions and conflicting behaviour with "
    "the system package manager, possibly rendering your system unusable. It is recommended to use a virtual "
    "environment instead: https://pip.pypa.io/warnings/venv. Use the --root-user-action option if you know "
    "what you are doing and want to suppress this warning.\n"
)


@dataclass(slots=True)
class Ran:
    """What came of one program: `said` as (seconds before, stream, text), and bytes written."""

    said: list[tuple[float, str, str]] = field(default_factory=list)
    code: int = 0
    written: int = 0
    after: float = 0.0

    def out(self, text: str, wait: float = 0.0) -> None:
        """Let it print a line."""
        self.said.append((wait, "stdout", f"{text}\n"))


def silent(args: Sequence[str], chance: random.Random) -> Ran:
    """Let it work without a word."""
    return Ran(after=0.1)


def _true(args: Sequence[str], chance: random.Random) -> Ran:
    return Ran()


def _false(args: Sequence[str], chance: random.Random) -> Ran:
    return Ran(code=1)


def _echo(args: Sequence[str], chance: random.Random) -> Ran:
    ran = Ran()
    bare = args[:1] == ["-n"]
    text = " ".join(args[1:] if bare or args[:1] == ["-e"] else args)
    ran.said.append((0.0, "stdout", text if bare else f"{text}\n"))
    return ran


def _printf(args: Sequence[str], chance: random.Random) -> Ran:
    text = args[0] if args else ""
    for sign, meant in (("\\n", "\n"), ("\\t", "\t"), ("\\r", "\r")):
        text = text.replace(sign, meant)
    for value in args[1:]:
        before, found, after = text.partition("%d" if "%s" not in text else "%s")
        text = f"{before}{value}{after}" if found else text
    return Ran([(0.0, "stdout", text)])


def _sleep(args: Sequence[str], chance: random.Random) -> Ran:
    found = re.fullmatch(r"(\d+(?:\.\d+)?)s?", args[0] if args else "")
    return Ran(after=float(found[1]) if found else 0.0)


def _pip(args: Sequence[str], chance: random.Random) -> Ran:
    if args[:1] != ["install"]:
        return silent(args, chance)
    ran = Ran()
    wanted = [_plain(one) for one in args[1:] if not one.startswith("-") and not one.endswith(".txt")]
    if any(one.endswith(".txt") for one in args):
        wanted += ["fastapi", "uvicorn", "sqlalchemy", "psycopg2-binary"]
    if not wanted:
        return ran
    everything = list(dict.fromkeys([*wanted, *(need for one in wanted for need in _NEEDS.get(one, ()))]))
    chosen = [(one, *_release(one)) for one in everything]
    for name, version, size in chosen:
        ran.out(f"Collecting {name}", 0.06)
        wheel = f"{name.replace('-', '_')}-{version}-py3-none-any.whl"
        ran.out(f"  Downloading {wheel} ({_size(size)})", 0.05 + size / 90_000_000)
    ran.out(f"Installing collected packages: {', '.join(reversed(everything))}", 0.1)
    done = " ".join(f"{name}-{version}" for name, version, _ in sorted(chosen))
    ran.out(f"Successfully installed {done}", 0.6)
    if "--root-user-action=ignore" not in args:
        ran.said.append((0.0, "stderr", _AS_ROOT))
    ran.written = sum(size * 4 for _, _, size in chosen)
    return ran


def _python(args: Sequence[str], chance: random.Random) -> Ran:
    return _pip(args[2:], chance) if args[:2] == ["-m", "pip"] else silent(args, chance)


def _apt(args: Sequence[str], chance: random.Random) -> Ran:
    words = [one for one in args if not one.startswith("-")]
    if words[:1] == ["update"]:
        return _apt_update()
    return _apt_install(words[1:], chance) if words[:1] == ["install"] else silent(args, chance)


def _apt_update() -> Ran:
    ran = Ran(written=19_600_000)
    ran.out("Get:1 http://deb.debian.org/debian trixie InRelease [140 kB]", 0.2)
    ran.out("Get:2 http://deb.debian.org/debian trixie-updates InRelease [47.3 kB]", 0.05)
    ran.out("Get:3 http://deb.debian.org/debian-security trixie-security InRelease [43.4 kB]", 0.05)
    ran.out("Get:4 http://deb.debian.org/debian trixie/main amd64 Packages [9670 kB]", 0.3)
    ran.out("Fetched 9901 kB in 1s (11.2 MB/s)", 0.2)
    ran.out("Reading package lists...", 0.3)
    return ran


def _apt_install(packages: Sequence[str], chance: random.Random) -> Ran:
    ran = Ran()
    ran.out("Reading package lists...", 0.1)
    ran.out("Building dependency tree...")
    ran.out("Reading state information...")
    ran.out("The following NEW packages will be installed:")
    ran.out(f"  {' '.join(sorted(packages))}")
    count = len(packages)
    ran.out(f"0 upgraded, {count} newly installed, 0 to remove and 0 not upgraded.")
    sizes = [chance.randint(40, 2400) * 1000 for _ in packages]
    ran.out(f"Need to get {human(sum(sizes))} of archives.")
    for number, (name, size) in enumerate(zip(packages, sizes, strict=True), 1):
        ran.out(
            f"Get:{number} http://deb.debian.org/debian trixie/main amd64 {name} amd64 [{_size(size)}]", 0.1
        )
    ran.said.append(
        (0.1, "stderr", "debconf: delaying package configuration, since apt-utils is not installed\n")
    )
    for name in packages:
        ran.out(f"Unpacking {name} ...", 0.06)
    for name in packages:
        ran.out(f"Setting up {name} ...", 0.06)
    ran.out("Processing triggers for libc-bin (2.41-12) ...", 0.1)
    ran.written = sum(sizes) * 4
    return ran


def _apk(args: Sequence[str], chance: random.Random) -> Ran:
    words = [one for one in args if not one.startswith("-")]
    if words[:1] != ["add"]:
        return silent(args, chance)
    ran = Ran()
    for part in ("main", "community"):
        ran.out(f"fetch https://dl-cdn.alpinelinux.org/alpine/v3.22/{part}/x86_64/APKINDEX.tar.gz", 0.15)
    for number, name in enumerate(words[1:], 1):
        release = f"{chance.randint(1, 9)}.{chance.randint(0, 20)}-r{chance.randint(0, 4)}"
        ran.out(f"({number}/{len(words) - 1}) Installing {name} ({release})", 0.1)
    ran.out("Executing busybox-1.37.0-r19.trigger", 0.05)
    size = 3_000_000 * len(words)
    ran.out(f"OK: {8 + size // 1_048_576} MiB in {16 + len(words) - 1} packages")
    ran.written = size
    return ran


def _npm(args: Sequence[str], chance: random.Random) -> Ran:
    ran = Ran()
    if args[:1] in (["install"], ["ci"], ["i"]):
        count = chance.randint(80, 300)
        ran.out("")
        ran.out(f"added {count} packages, and audited {count + 1} packages in 2s", 1.2)
        ran.out("")
        ran.out("found 0 vulnerabilities")
        ran.written = count * 290_000
    elif args[:1] == ["run"]:
        ran.out("")
        ran.out(f"> app@1.0.0 {' '.join(args[1:2])}", 0.2)
        ran.out(f"> {' '.join(args[1:2])}")
        ran.out("")
        ran.written, ran.after = 1_900_000, 0.8
    return ran


def _make(args: Sequence[str], chance: random.Random) -> Ran:
    ran = Ran(written=2_400_000)
    for name in ("main", "config", "server", "store"):
        ran.out(f"cc -O2 -Wall -c -o {name}.o {name}.c", 0.2)
    ran.out("cc -o app main.o config.o server.o store.o", 0.2)
    return ran


def _plain(requirement: str) -> str:
    return re.split(r"[=<>!~\[; ]", requirement.strip("\"'"), maxsplit=1)[0].lower()


def _release(name: str) -> tuple[str, int]:
    if name in _VERSIONS:
        return _VERSIONS[name]
    chance = random.Random(name)  # noqa: S311  # the same release each time, no secret
    release = f"{chance.randint(1, 9)}.{chance.randint(0, 12)}.{chance.randint(0, 6)}"
    return release, chance.randint(20, 900) * 1000


def _size(size: int) -> str:
    return f"{size / 1_000_000:.1f} MB" if size >= 1_000_000 else f"{size / 1000:.0f} kB"


TOOLS: dict[str, Callable[[list[str], random.Random], Ran]] = {
    ":": _true,
    "apk": _apk,
    "apt": _apt,
    "apt-get": _apt,
    "echo": _echo,
    "false": _false,
    "make": _make,
    "npm": _npm,
    "pip": _pip,
    "pip3": _pip,
    "printf": _printf,
    "python": _python,
    "python3": _python,
    "sleep": _sleep,
    "true": _true,
}
"""By the program's name; any other works without a word."""
