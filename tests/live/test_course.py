"""What an introductory course does, step by step, with real keys on the real engine."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest

from tests.live.conftest import DockerCli
from tests.live.test_walk import until_it_listens, wherry
from tests.terminal import Terminal

PROMPT = "/ #"


class Student:
    """Somebody at the keys of a wherry."""

    def __init__(self, terminal: Terminal) -> None:
        self.at = terminal

    def image(self, name: str) -> None:
        """Put the cursor on an image."""
        self._find("3", "Images", name)

    def container(self, name: str) -> None:
        """Put the cursor on a container."""
        self._find("2", "Containers", name)

    def _find(self, key: str, title: str, name: str) -> None:
        self.at.type(key)
        self.at.wait_for(rf"━{key} {title}")
        self.at.type("/")
        self.at.send("ctrl+a", "ctrl+k")
        self.at.type(name)
        self.at.send("enter")
        self.at.wait_for(rf"{key} {title} [1-9]\d*(/\d+)? · /{re.escape(name)}")

    def form(self, key: str, shows: str) -> None:
        """Press a key until its form is there: for a moment after a row was replaced, keys do nothing."""
        end = time.monotonic() + 15
        while not re.search(shows, self.at.text()):
            assert time.monotonic() < end, self.at.text()
            self.at.type(key)
            again = time.monotonic() + 1
            while not re.search(shows, self.at.text()) and time.monotonic() < again:
                time.sleep(0.02)

    def fill(self, **fields: str) -> None:
        """Fill in fields of the form that is open, by the start of their labels; `_` stands for a dash."""
        for name, text in fields.items():
            self._go(name.replace("_", "-"))
            self.at.type(text)

    def _go(self, label: str) -> None:
        for _ in range(40):
            if re.search(rf"▸ {re.escape(label)}", self.at.text()):
                return
            before = self._field
            self.at.send("tab")
            end = time.monotonic() + 5
            # Nothing is marked while a frame has come in half.
            while self._field in {before, ""} and time.monotonic() < end:
                time.sleep(0.01)
        raise AssertionError(f"no field {label}:\n{self.at.text()}")

    @property
    def _field(self) -> str:
        """The line of the field that has the focus."""
        return next((line[line.index("▸ ") :] for line in self.at.text().splitlines() if "│ ▸ " in line), "")

    def go(self) -> None:
        """Hand the form in."""
        self.at.send("ctrl+s")

    def inside(self, *lines: str) -> None:
        """Type lines into the shell that has the terminal, and leave it."""
        self.at.wait_for(PROMPT)
        for line in (*lines, "exit"):
            self.at.type(line)
            self.at.send("enter")
        self.back()

    def back(self) -> None:
        """Wait until wherry has the terminal again; what was short waits for a key first."""
        end = time.monotonic() + 30
        while "leave with exit" in (text := self.at.text()) and time.monotonic() < end:
            if "press a key to go back" in text:
                self.at.type(" ")
                break
            time.sleep(0.02)
        # Drawn anew, all of it: what was on the screen before is gone.
        self.at.wait_gone("leave with exit|press a key to go back|Enter go")
        self.at.wait_for(r"\A.*Engine 2[\s\S]*(: exit code \d+|\? help)\s*\Z")

    def job(self, timeout: float = 60) -> None:
        """Wait until a job that is watched is done, and go back."""
        self.at.wait_for("done in", timeout=timeout)
        self.at.send("esc")
        self.at.wait_for("Engine 2")


@pytest.fixture
def folder(tmp_path: Path, prefix: str) -> Path:
    made = tmp_path / f"{prefix}course"
    made.mkdir()
    return made


def test_images_and_containers(docker_cli: DockerCli, prefix: str, folder: Path) -> None:
    hello = folder / "hello"
    hello.mkdir()
    (hello / "Dockerfile").write_text('FROM bb:2\nCMD ["echo", "Hello from Docker!"]\n')
    docker_cli("build", "--quiet", "--tag", f"{prefix}hello:latest", str(hello))
    for version in ("1", "2"):
        (hello / "Dockerfile").write_text(
            f'FROM bb:2\nENV VERSION={version}\nENTRYPOINT ["echo", "program of version {version}"]\n'
        )
        docker_cli("build", "--quiet", "--tag", f"{prefix}py:{version}", str(hello))
    with wherry(folder) as terminal:
        terminal.wait_for("● live")
        student = Student(terminal)
        # Hello.
        student.image(f"{prefix}hello")
        terminal.type("x")
        terminal.wait_for(r"Hello from Docker!")
        student.back()
        # A shell, whose files are lost with their container.
        docker_cli("tag", "bb:2", f"{prefix}alpine:latest")
        student.image(f"{prefix}alpine")
        terminal.type("x")
        student.inside("echo precious > /file", "echo there: $(cat /file)")
        terminal.type("x")
        terminal.wait_for(PROMPT)
        terminal.type("cat /file || echo lost $((6*7))")
        terminal.send("enter")
        terminal.wait_for("lost 42")
        student.inside()
        # A version of one's choice.
        student.image(f"{prefix}py:2")
        terminal.type("x")
        terminal.wait_for("program of version 2")
        student.back()
        # Another entrypoint.
        terminal.type("X")
        terminal.wait_for("Run .*py:2")
        student.fill(command="-c 'echo shell of version $VERSION'", __entrypoint="sh")
        terminal.wait_for(rf"docker run -it --rm --entrypoint(=| )sh\s+{prefix}py:2")
        student.go()
        terminal.wait_for("shell of version 2")
        student.back()
        terminal.type("q")
        assert terminal.exit_code() == 0
    assert prefix not in docker_cli("ps", "--all", "--format", "{{.Names}} {{.Image}}")


def test_build_run_change_and_share(docker_cli: DockerCli, prefix: str, folder: Path, registry: str) -> None:
    program = folder / "pipeline.sh"
    program.write_text('echo "first form, day $1"\n')
    (folder / "Dockerfile").write_text(
        "FROM bb:2\nRUN echo deps > /deps\nWORKDIR /app\nCOPY pipeline.sh pipeline.sh\n"
        'ENTRYPOINT ["sh", "pipeline.sh"]\n'
    )
    tag = f"{prefix}pipeline:v1"
    with wherry(folder) as terminal:
        terminal.wait_for("● live")
        student = Student(terminal)
        terminal.type("3")
        terminal.wait_for("━3 Images")
        terminal.type("b")
        terminal.wait_for("Build an image")
        terminal.type(tag)
        terminal.send("enter")
        student.job()
        student.image(tag)
        terminal.type("X")
        terminal.wait_for("Run .*pipeline")
        student.fill(command="2021-01-15")
        terminal.wait_for(rf"docker run -it --rm\s+{tag}\s+2021-01-15")
        student.go()
        terminal.wait_for("first form, day 2021-01-15")
        student.back()
        # Changed, built again, and run again as it was run.
        program.write_text('echo "second form, day $1"\n')
        terminal.type("B")
        terminal.wait_for("second form, day 2021-01-15", timeout=60)
        student.back()
        # Shared: named after a registry, pushed, removed, pulled back.
        far = f"{registry}/pipeline:v1"
        student.form("T", "docker tag")
        terminal.send("ctrl+a", "ctrl+k")
        terminal.type(far)
        terminal.send("enter")
        terminal.wait_for("docker tag .*✓")
        docker_cli("push", far)
        docker_cli("rmi", far)
        terminal.type("P")
        terminal.wait_for("Pull")
        terminal.send("ctrl+a", "ctrl+k")
        terminal.type(far)
        terminal.send("enter")
        student.job()
        terminal.type("q")
        assert terminal.exit_code() == 0
    assert docker_cli("image", "inspect", "--format", "{{.Id}}", far)
    docker_cli("rmi", far)


def test_volumes_bind_mounts_and_many_of_one_image(docker_cli: DockerCli, prefix: str, folder: Path) -> None:
    (folder / "work").mkdir()
    (folder / "Dockerfile").write_text("FROM bb:2\nLABEL course=alpine\n")
    docker_cli("build", "--quiet", "--tag", f"{prefix}alpine:latest", str(folder))
    (folder / "work" / "note").write_text("written outside\n")
    with wherry(folder) as terminal:
        terminal.wait_for("● live")
        student = Student(terminal)
        student.image(f"{prefix}alpine")
        # Kept in a volume across two containers; a folder of this machine seen inside.
        terminal.type("X")
        terminal.wait_for("Run .*alpine")
        student.fill(_v=f"{prefix}data:/data")
        student.go()
        student.inside("echo stored in it > /data/file")
        terminal.type("X")
        terminal.wait_for("Run .*alpine")
        student.fill(_v="")
        terminal.send("end", "enter")
        terminal.type("./work:/work")
        student.go()
        terminal.wait_for(PROMPT)
        terminal.type("cat /data/file /work/note; echo changed inside > /work/note")
        terminal.send("enter")
        terminal.wait_for("stored in it")
        terminal.wait_for("written outside")
        student.inside()
        assert (folder / "work" / "note").read_text() == "changed inside\n"
        # Many containers of one image, in the background; one is stopped and removed.
        terminal.type("2")
        terminal.wait_for("━2 Containers")
        until_it_listens()
        terminal.type("n")
        terminal.wait_for("Run a new container")
        terminal.wait_for("▸ image")
        terminal.send("ctrl+a", "ctrl+k")
        terminal.type(f"{prefix}alpine")
        terminal.send("tab", "ctrl+a", "ctrl+k")
        terminal.type("sleep 1000")
        terminal.send("tab")
        terminal.wait_for("▸ mode")
        if "‹ interactive" in terminal.text():
            terminal.send("right")
        terminal.send("tab", "ctrl+a", "ctrl+k")
        terminal.type(f"{prefix}box1")
        terminal.wait_for(rf"docker run -d --rm --name {prefix}box1")
        student.go()
        terminal.wait_gone("Enter go")
        terminal.wait_for(rf"┌─ {prefix}box1─")
        for number in (2, 3):
            docker_cli(
                "run", "--detach", "--name", f"{prefix}box{number}", f"{prefix}alpine", "sleep", "1000"
            )
        student.container(f"{prefix}box")
        terminal.wait_for("2 Containers 3(/| )")
        student.container(f"{prefix}box2")
        terminal.type("s")
        terminal.wait_for(f"Stop {prefix}box2")
        until_it_listens()
        terminal.send("enter")
        terminal.wait_for(r"docker stop .*✓", timeout=30)
        # Were it not settled, the next question would be withdrawn.
        terminal.wait_for("exit 137 since")
        until_it_listens()
        terminal.type("d")
        terminal.wait_for(f"Remove {prefix}box2")
        until_it_listens()
        terminal.type("y")
        terminal.wait_for("docker rm .*✓")
        terminal.type("q")
        assert terminal.exit_code() == 0
    running = docker_cli("ps", "--format", "{{.Names}}")
    assert f"{prefix}box1" in running
    assert f"{prefix}box2" not in running
    docker_cli("volume", "inspect", f"{prefix}data")
