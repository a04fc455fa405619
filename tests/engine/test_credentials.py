from __future__ import annotations

import base64
import json
import threading
import time
from pathlib import Path

import pytest

from tui.engine.credentials import NOBODY, Login, Logins
from tui.engine.errors import EngineError

HUB = "https://index.docker.io/v1/"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "docker"
    made.mkdir()
    return made


def logins(folder: Path, config: object, timeout: float = 10) -> Logins:
    text = config if isinstance(config, str) else json.dumps(config)
    (folder / "config.json").write_text(text)
    return Logins({"DOCKER_CONFIG": str(folder), "PATH": f"{folder}:/usr/bin:/bin"}, timeout)


def helper(folder: Path, name: str, script: str) -> None:
    program = folder / f"docker-credential-{name}"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)


def packed(user: str, password: str) -> dict[str, str]:
    return {"auth": base64.b64encode(f"{user}:{password}".encode()).decode()}


def opened(login: Login) -> dict[str, str]:
    said: dict[str, str] = json.loads(base64.urlsafe_b64decode(login.header()))
    return said


def test_without_a_config_nobody_asks(tmp_path):
    login = Logins({"HOME": str(tmp_path)}).find(HUB)
    assert login.header() == NOBODY


def test_the_config_is_in_the_home_where_nothing_else_is_said(tmp_path):
    (tmp_path / ".docker").mkdir()
    (tmp_path / ".docker" / "config.json").write_text(json.dumps({"auths": {HUB: packed("ada", "pw")}}))
    assert Logins({"HOME": str(tmp_path)}).find(HUB).user == "ada"


@pytest.mark.parametrize("key", ["reg.example.org", "https://reg.example.org", "https://reg.example.org/v1/"])
def test_a_stored_login_is_found_however_its_registry_is_written(folder, key):
    login = logins(folder, {"auths": {"other": packed("x", "y"), key: packed("ada", "a:b")}}).find(
        "reg.example.org"
    )
    assert opened(login) == {"username": "ada", "password": "a:b", "serveraddress": "reg.example.org"}


def test_an_identity_token_goes_before_a_password(folder):
    entry = {**packed("ada", "pw"), "identitytoken": "tok"}
    login = logins(folder, {"auths": {HUB: entry}}).find(HUB)
    assert opened(login) == {"identitytoken": "tok", "serveraddress": HUB}


def test_a_login_of_another_registry_is_not_sent(folder):
    assert (
        logins(folder, {"auths": {"a.example.org": packed("ada", "pw")}}).find("b.example.org").header()
        == NOBODY
    )


def test_a_helper_is_asked_for_its_registry_on_stdin(folder):
    helper(
        folder,
        "mine",
        f'read -r s; echo "$1 $s" >{folder}/asked; echo \'{{"Username":"ada","Secret":"pw"}}\'',
    )
    config = {"credsStore": "absent", "credHelpers": {"reg.example.org": "mine"}}
    assert opened(logins(folder, config).find("reg.example.org"))["password"] == "pw"
    assert (folder / "asked").read_text() == "get reg.example.org\n"


def test_a_helper_may_give_a_token(folder):
    helper(folder, "mine", 'echo \'{"Username":"<token>","Secret":"tok"}\'')
    assert opened(logins(folder, {"credsStore": "mine"}).find(HUB))["identitytoken"] == "tok"


def test_a_helper_that_knows_nothing_means_nobody(folder):
    helper(folder, "mine", "echo credentials not found in native keychain; exit 1")
    assert logins(folder, {"credsStore": "mine"}).find(HUB).header() == NOBODY


@pytest.mark.parametrize(
    ("config", "script", "words"),
    [
        ({"credsStore": "gone"}, "", "docker-credential-gone, which .* is not installed"),
        ({"credsStore": "mine"}, "echo s3cret; echo s3cret >&2; exit 3", "exit code 3"),
        ({"credsStore": "mine"}, "echo s3cret", "no JSON"),
        ({"credsStore": "../mine"}, "echo s3cret", "is not installed"),
        ("{ s3cret", "", "is no JSON"),
        ({"auths": {HUB: {"auth": "s3cret!"}}}, "", "docker login writes it anew"),
        ({"auths": {HUB: {"auth": base64.b64encode(b"s3cret").decode()}}}, "", "docker login writes it anew"),
    ],
)
def test_what_stands_in_the_way_is_said_without_a_secret(folder, config, script, words):
    helper(folder, "mine", script)
    with pytest.raises(EngineError, match=words) as caught:
        logins(folder, config).find(HUB)
    seen: BaseException | None = caught.value
    assert seen is not None
    assert seen.__suppress_context__ or seen.__context__ is None
    assert "s3cret" not in repr(seen)


def test_a_helper_that_hangs_is_given_up(folder):
    helper(folder, "mine", "sleep 60")
    with pytest.raises(EngineError, match=r"did not answer within 0\.2 seconds"):
        logins(folder, {"credsStore": "mine"}, 0.2).find(HUB)


def test_a_helper_that_hangs_can_be_cancelled(folder):
    helper(folder, "mine", f"echo >{folder}/up; sleep 60")
    asking = logins(folder, {"credsStore": "mine"})
    errors: list[EngineError] = []

    def ask() -> None:
        try:
            asking.find(HUB)
        except EngineError as error:
            errors.append(error)

    thread = threading.Thread(target=ask)
    thread.start()
    end = time.monotonic() + 10
    while not (folder / "up").exists() and time.monotonic() < end:
        time.sleep(0.01)
    asking.cancel()
    thread.join(10)
    assert not thread.is_alive()
    assert errors


def test_nothing_of_a_login_is_in_its_repr():
    login = Login(HUB, "ada", "pw-s3cret", "tok-s3cret")
    assert "ada" not in repr(login)
    assert "s3cret" not in repr(login)
