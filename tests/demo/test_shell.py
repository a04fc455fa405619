from __future__ import annotations

import re
import time
from dataclasses import dataclass, field

import pyte
import pytest

from tests.demo.talk import until
from tui.demo.acts.command import Exec
from tui.demo.acts.tap import Tap
from tui.demo.refusal import RefusalError
from tui.demo.scenes import bare, data_stack, filled
from tui.demo.wire.bell import Bell
from tui.demo.wire.query import Body
from tui.demo.world import World


@dataclass
class Running:
    """A command in a container, without an engine around it."""

    world: World
    made: Exec
    tap: Tap
    pieces: list[tuple[str, bytes]] = field(default_factory=list)

    def type(self, text: str) -> str:
        """Type something, and give what came back."""
        self.world.feed_exec(self.made, text.encode())
        return self.new()

    def new(self) -> str:
        found = self.tap.take()
        self.pieces += found
        return b"".join(data for _, data in found).decode()

    def of(self, stream: str) -> str:
        return b"".join(data for name, data in self.pieces if name == stream).decode()

    @property
    def code(self) -> int | None:
        return self.made.exit_code


@pytest.fixture
def world() -> World:
    made = filled(bare)
    made.create_container("box", "bb:2", ["server"], binds=["data:/data", "data:/fixed:ro"])
    made.start("box")
    return made


def start(world: World, *command: str, name: str = "box", **more: object) -> Running:
    asked = {"Cmd": list(command), "AttachStdin": True, "AttachStdout": True, "AttachStderr": True, **more}
    exec_id = world.create_exec(name, Body(asked))
    _, made = world.find_exec(exec_id)
    running = Running(world, made, Tap(Bell()))
    world.start_exec(exec_id, running.tap)
    return running


def sh(
    world: World, script: str, stdin: str = "", name: str = "box", **more: object
) -> tuple[str, str, int | None]:
    """Run a script, and give what it wrote, what it complained about, and its exit code."""
    running = start(world, "sh", "-c", script, name=name, **more)
    if stdin:
        running.type(stdin)
    world.feed_exec(running.made, b"")
    running.new()
    return running.of("stdout"), running.of("stderr"), running.code


@pytest.mark.parametrize(
    ("script", "out"),
    [
        ("echo a  b; echo 'c  d' \"e  f\" g\\ h", "a b\nc  d e  f g h\n"),
        ("A=1; export B=2; echo $A ${B}x '$A' \"$A\" ${C:-none} ${A:+some}", "1 2x $A 1 none some\n"),
        ("A=1 env | grep ^A; echo [$A]", "A=1\n[]\n"),
        ("false || echo or; true && echo and; false && echo never; ! false && echo not", "or\nand\nnot\n"),
        ("foo 2>/dev/null; echo $?; true; echo $?", "127\n0\n"),
        ("echo one > /t; echo two >> /t; cat < /t; wc -l /t", "one\ntwo\n2 /t\n"),
        (
            "echo x 2>&1 >/t; cat /nope 2>&1; echo done >&2",
            "cat: can't open '/nope': No such file or directory\n",
        ),
        ("seq 3 | grep -v 2 | wc -l; echo c b a | cat", "2\nc b a\n"),
        (
            "for i in 1 2 3; do echo $i; done; i=0; while [ $i -lt 3 ]; do i=$((i+1)); done; echo $i",
            "1\n2\n3\n3\n",
        ),
        ("until true; do echo never; done; for i in a b c; do [ $i = b ] && break; echo $i; done", "a\n"),
        (
            "if [ -d /bin ]; then echo yes; else echo no; fi; if false; then :; elif true; then echo two; fi",
            "yes\ntwo\n",
        ),
        ("(cd /bin; pwd; X=1); pwd; { echo g; }; echo [$X]", "/bin\n/\ng\n[]\n"),
        ("echo $(echo in; echo ner) `echo old` $((2*3+7/2-5%3))", "in ner old 7\n"),
        ("cd /bin; pwd; cd ..; pwd; cd; pwd; cd /etc/../bin; cd -; pwd", "/bin\n/\n/\n/\n"),
        (
            "mkdir -p /a/b; touch /a/b/c.txt /a/b/d.md; cd /a; echo b/*.txt *; ls b",
            "b/c.txt b\nc.txt\nd.md\n",
        ),
        ("sh -c 'echo $0 $1 $#' name one two", "name one 2\n"),
        ("printf '%s=%d\\n' a 1 b 2; echo -n x; echo -e 'y\\tz'", "a=1\nb=2\nxy\tz\n"),
        ("read x y; echo $y-$x; cat", "b c-a\nrest\n"),
        ("echo '#!/bin/sh\necho ran $1' > /s; chmod +x /s; /s it; sh /s too", "ran it\nran too\n"),
        ("# nothing\necho a # b\necho c", "a\nc\n"),
        ("echo a; exit 0; echo b", "a\n"),
    ],
)
def test_language(world, script, out):
    assert sh(world, script, "a b c\nrest\n")[0] == out


@pytest.mark.parametrize(
    ("script", "error", "code"),
    [
        ("foo", "sh: foo: not found", 127),
        ("/etc", "sh: /etc: Permission denied", 126),
        ("./x", "sh: ./x: not found", 127),
        ('echo "', "sh: syntax error: unterminated quoted string", 2),
        ("fi", "sh: syntax error: unexpected word: fi", 2),
        ("echo )", 'sh: syntax error: unexpected ")"', 2),
        ("case x in", 'sh: syntax error: "case" is not part of the demo', 2),
        ("sleep 1 &", 'sh: syntax error: "&" is not part of the demo', 2),
        ("exit foo", "sh: exit: Illegal number: foo", 2),
        ("cd /nope", "sh: cd: can't cd to /nope: No such file or directory", 2),
        ("echo > /nope/x", "sh: can't create /nope/x: nonexistent directory", 1),
        ("cat < /nope", "sh: can't open /nope: no such file", 1),
        ("echo $((1/0))", "sh: divide by zero", 2),
        ("cat /etc", "cat: read error: Is a directory", 1),
        ("mkdir /etc", "mkdir: can't create directory '/etc': File exists", 1),
        ("rm /etc", "rm: '/etc' is a directory", 1),
        ("rmdir /etc", "rmdir: '/etc': Directory not empty", 1),
        ("ls -z", "ls: invalid option -- 'z'", 1),
        ("sleep x", "sleep: invalid number 'x'", 1),
        ("echo x > /fixed/f", "sh: can't create /fixed/f: Read-only file system", 1),
        ("rm -r /data", "rm: can't remove '/data': Resource busy", 1),
        ("exit 7", "", 7),
        ("(exit 5)", "", 5),
        ("sh -c 'exit 300'", "", 44),
    ],
)
def test_complaints(world, script, error, code):
    out, errors, ended = sh(world, script)
    assert (out, errors.strip(), ended) == ("", error, code)


def test_what_a_container_looks_like_from_the_inside(world):
    one = world.find("box")
    assert sh(world, "ls /")[0].split() == ["bin", "data", "dev", "etc", "fixed", "proc", "sys"]
    assert sh(world, "hostname; cat /etc/hostname; echo $HOSTNAME")[0].split() == [one.id[:12]] * 3
    address = one.endpoints["bridge"].address
    assert f"{address}\t{one.id[:12]}" in sh(world, "cat /etc/hosts")[0]
    assert sh(world, "id")[0] == "uid=0 gid=0 groups=0\n"
    assert sh(world, "id -u", User="1000")[0] == "1000\n"
    assert re.fullmatch(r"PID .*\n +1 0 +server\n +\d+ 0 +sh -c ps\n +\d+ 0 +ps\n", sh(world, "ps")[0])
    listing = sh(world, "ls -l /bin/sh")[0]
    assert re.fullmatch(r"lrwxrwxrwx    1 0        0 .* /bin/sh -> /bin/busybox\n", listing)
    assert sh(world, "pwd; echo $A", WorkingDir="/etc", Env=["A=b"])[0] == "/etc\nb\n"
    assert "sh" in sh(world, "help")[0]
    assert sh(world, "uname -s; true")[0] == "Linux\n"
    assert sh(world, "date")[0].split()[4] == "UTC"


def test_what_can_only_say_that_it_is_not_there():
    world = data_stack()
    for name in ("psql", "python3"):
        one = next(
            one
            for one in world.containers.values()
            if one.alive and sh(world, f"which {name}", name=one.name)[0]
        )
        assert sh(world, f"{name} --version", name=one.name)[:1] == (f"{name}: not part of the demo\n",)
    assert "Debian" in sh(world, "cat /etc/os-release", name="shop-api-1")[0]
    assert sh(world, "whoami", name="shop-api-1")[0] == "root\n"
    assert "nginx: master process" in sh(world, "ps", name="shop-web-1")[0]


def test_every_container_of_the_scene_has_files():
    world = data_stack()
    for one in world.containers.values():
        assert {"dev", "etc", "proc", "sys"} <= set(world.tree_of(one).names("/")), one.name
        if one.alive:
            assert sh(world, "ls -la /; echo $PATH", name=one.name)[2] == 0


def test_files_of_a_volume_are_shared_and_those_of_a_layer_are_not(world):
    world.create_container("other", "bb:2", ["server"], binds=["data:/elsewhere"])
    world.start("other")
    sh(world, "echo shared > /data/f; echo own > /own; mkdir /data/sub")
    assert sh(world, "cat /elsewhere/f; ls /elsewhere; ls /own", name="other")[:2] == (
        "shared\nf\nsub\n",
        "ls: /own: No such file or directory\n",
    )
    assert world.changes_of(world.find("box")) == [("/data", 1), ("/fixed", 1), ("/own", 1)]
    world.restart("box", 0)
    assert sh(world, "cat /own")[0] == "own\n"
    world.remove("box", force=True)
    world.create_container("box", "bb:2", ["server"], binds=["data:/data"])
    world.start("box")
    assert sh(world, "cat /data/f; cat /own")[:2] == (
        "shared\n",
        "cat: can't open '/own': No such file or directory\n",
    )


def test_changes(world):
    world.create_container("plain", "bb:2", ["server"])
    assert world.changes_of(world.find("plain")) == []
    world.start("plain")
    sh(
        world,
        "touch /new; mkdir /d; echo x > /d/y; rm /bin/vi; echo >> /etc/hosts; echo > /dev/null",
        name="plain",
    )
    assert world.changes_of(world.find("plain")) == [
        ("/bin", 0),
        ("/bin/vi", 2),
        ("/d", 1),
        ("/d/y", 1),
        ("/new", 1),
    ]
    world.write_file("plain", "/srv/deep/file", "text")
    assert sh(world, "cat /srv/deep/file", name="plain")[0] == "text"


def test_another_user_may_not_write_everywhere(world):
    assert sh(world, "echo x > /f", User="1000")[1:] == ("sh: can't create /f: Permission denied\n", 1)
    with pytest.raises(RefusalError, match="unable to find user ada: no matching entries in passwd file"):
        start(world, "sh", User="ada")


def test_a_prompt_and_what_can_be_edited_at_it(world):
    shell = start(world, "sh", Tty=True)
    assert shell.new().endswith("\r\n\r\n/ # ")
    assert shell.type("ecoh\x7f\x7fho a\r").endswith("\r\na\r\n/ # ")
    assert shell.type("\x1b[A").endswith("/ # echo a\x1b[J")
    assert shell.type("\x1b[D\x1b[Dx\x01#\x05!\r").endswith("\r\n/ # ")
    assert shell.type("\x1b[A\x1b[A\x1b[B\x1b[B\x1b[A\x1b[A\r").endswith("\r\na\r\n/ # ")
    assert shell.type("echo zzz\x15echo b\r").endswith("\r\nb\r\n/ # ")
    assert shell.type("echo c\x03") == "echo c^C\r\n/ # "
    assert shell.type("echo d\x0c").endswith("\x1b[H\x1b[J\r/ # echo d\x1b[J")
    assert shell.type("\r") == "\r\nd\r\n/ # "
    assert shell.type("echo 'e\r") == "echo 'e\r\n> "
    assert shell.type("f'\r") == "f'\r\ne\r\nf\r\n/ # "
    assert shell.type("echo ä\x7fö\r").endswith("\r\nö\r\n/ # ")
    assert shell.type("cd /bin\r") == "cd /bin\r\n/bin # "
    assert shell.type("ls /\r") == "ls /\r\nbin    data   dev    etc    fixed  proc   sys\r\n/bin # "
    assert shell.type("foo\r") == "foo\r\nsh: foo: not found\r\n/bin # "
    assert shell.type("\x04") == "\r\n"
    assert shell.code == 127


def test_a_key_that_comes_in_pieces_and_keys_that_mean_nothing(world):
    shell = start(world, "sh", Tty=True)
    shell.type("echo a\r")
    for piece in ("\x1b", "[", "A"):
        answer = shell.type(piece)
    assert answer.endswith("echo a\x1b[J")
    assert shell.type("\x1b[24~\x1b[3;5R\x1b[1;5C\x00\r").endswith("\r\na\r\n/ # ")
    made = start(world, "sh", Tty=True)
    world.feed_exec(made.made, b"echo \xc3")
    world.feed_exec(made.made, b"\xa4\r")
    assert made.new().endswith("\r\nä\r\n/ # ")


def test_a_long_line_is_drawn_over_several_rows(world):
    screen = pyte.Screen(20, 8)
    stream = pyte.Stream(screen)
    shell = start(world, "sh", Tty=True)
    world.resize_exec(shell.made.id, 8, 20)
    stream.feed(shell.new()[-4:])
    for typed in ("echo " + "a" * 25, "\x01", "\x1b[C" * 5, "\x1b[3~b", "\x05", "c"):
        stream.feed(shell.type(typed))
    rows = [row.rstrip() for row in screen.display if row.strip()]
    assert "".join(rows[-2:]) == "/ # echo b" + "a" * 24 + "c"
    assert (screen.cursor.x, len(rows[-2])) == (15, 20)
    stream.feed(shell.type("\x7f" * 15))
    assert [row.rstrip() for row in screen.display if row.strip()][-1] == "/ # echo baaaaaaaaaa"
    stream.feed(shell.type("\r"))
    assert "baaaaaaaaaa" in [row.rstrip() for row in screen.display]


def test_a_size_and_what_it_changes(world):
    shell = start(world, "sh", Tty=True)
    assert shell.type("stty size\r").endswith("stty: standard input\r\n/ # ")
    world.resize_exec(shell.made.id, 40, 100)
    assert shell.new() == "\r/ # \x1b[J"
    assert shell.type("stty size\r") == "stty size\r\n40 100\r\n/ # "


def test_a_program_on_a_terminal_has_whole_lines_with_an_echo(world):
    shell = start(world, "sh", Tty=True)
    assert shell.type("cat\r").endswith("cat\r\n")
    assert shell.type("ab\x7fc\r") == "ab\b \bc\r\nac\r\n"
    assert shell.type("x\x15y\x04") == "x\b \byy"
    assert shell.type("\r\x04") == "\r\n\r\n/ # "
    shell.type("cat\r")
    assert shell.type("typed\x03") == "typed^C\r\n/ # "
    assert shell.type("echo $?\r").endswith("\r\n130\r\n/ # ")


def test_what_is_typed_ahead_is_run_after(world):
    shell = start(world, "sh", Tty=True)
    shell.new()
    answer = shell.type("cat\rfirst\r\x04echo second\r")
    assert answer.endswith("\r\nfirst\r\n/ # echo second\r\nsecond\r\n/ # ")
    world.alarm.open()
    shell.type("sleep 0.05\recho third\r\x04")
    until(lambda: shell.code is not None)
    assert shell.new().endswith("/ # echo third\r\nthird\r\n/ # \r\n")
    world.alarm.close()


def test_sleep_takes_its_time_and_ctrl_c_ends_it(world):
    world.alarm.open()
    began = time.monotonic()
    running = start(world, "sh", "-c", "sleep 0.2; echo woke")
    assert running.code is None
    until(lambda: running.code is not None)
    assert time.monotonic() - began >= 0.2
    assert running.new() == "woke\n"
    shell = start(world, "sh", Tty=True)
    shell.type("sleep 1000\r")
    assert shell.type("\x03") == "^C\r\n/ # "
    world.alarm.close()


def test_an_endless_loop_ends_with_ctrl_c(world):
    shell = start(world, "sh", Tty=True)
    shell.type("while true; do echo y; done\r")
    assert shell.type("\x03").endswith("^C\r\n/ # ")


def test_a_paused_program_waits(world):
    shell = start(world, "sh", Tty=True)
    shell.new()
    world.pause("box")
    assert "ran" not in shell.type("echo ran\r")
    world.unpause("box")
    assert shell.new().endswith("\r\nran\r\n/ # ")


def test_a_script_is_run_without_a_shell_around_it(world):
    world.write_file("box", "/s", "#!/bin/sh\necho ran $1; exit 3\n")
    sh(world, "chmod +x /s")
    running = start(world, "/s", "it")
    assert (running.new(), running.code) == ("ran it\n", 3)


def test_a_script_that_calls_itself_ends(world):
    out, errors, code = sh(world, "echo 'sh /s' > /s; sh /s")
    assert (out, errors, code) == ("", "sh: out of stack space\n", 2)


def test_lines_that_come_in_are_run_one_by_one(world):
    shell = start(world, "sh")
    assert shell.type("echo a\necho 'b\n") == "a\n"
    assert shell.type("c'\nread x\nvalue\necho $x\nnope\n") == "b\nc\nvalue\nsh: nope: not found\n"
    world.feed_exec(shell.made, b"")
    assert shell.code == 127


@pytest.mark.parametrize(
    "script",
    [
        "echo ${",
        "echo $(",
        "`",
        "((((",
        "\\",
        ";;",
        "| |",
        "> >",
        "for",
        "for x in",
        "a=$((",
        "$((2**9999999))",
        "\0",
        "echo \udcff",
        "if " * 500,
        "[ ]",
        "[",
        "test 1 -eq",
        "seq 1 0 5",
        "printf",
        "head -n",
        "cp a",
        "cat -",
        "date +%",
    ],
)
def test_odd_scripts_end_and_say_why(world, script):
    running = start(world, "sh", "-c", script)
    world.feed_exec(running.made, b"")
    assert running.code is not None
