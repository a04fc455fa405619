"""A project's files as Compose reads them: rendered, with its warnings, and the sum of each service."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tui.engine.compose import ENVIRON, compose_words, folder_of, reference
from tui.engine.drift import differs
from tui.engine.process import ProcessWork
from tui.engine.report import Report

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tui.engine.compose import ComposeProject
    from tui.engine.projects import Project
    from tui.engine.tools import Tools

_LOGGED = re.compile(r'time="[^"]*" level=(\w+) msg="((?:[^"\\]|\\.)*)"')
_HASH = re.compile(r"(\S+) ([0-9a-f]{64})")
_UNSET = re.compile(r'The \\?"(\w+)\\?" variable is not set')
_ANEW = re.compile(r"DRY-RUN MODE -\s+Container (\S+)\s+Recreate$")
_BEGINS = re.compile(r"(?:name|services|networks|volumes|configs|secrets|x-[\w-]+):")
_TAB = "found character that cannot start any token"


@dataclass(frozen=True, slots=True)
class Rendered:
    """What Compose makes of the files.

    Args:
        lines: of the whole config; empty where it is broken.
        warnings: what Compose warns of, a sentence each.
        error: why it can't be read; empty where it can.
        hashes: by service, what the label `com.docker.compose.config-hash` of its containers should be.
        wanted: by service, how many containers it should have.
        needs: by service, those that must be there before, each with its condition: `service_healthy`.
        anew: names of the containers that up would make anew; None where that was not asked or not told.

    """

    lines: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    error: str = ""
    hashes: Mapping[str, str] = field(default_factory=dict)
    wanted: Mapping[str, int] = field(default_factory=dict)
    needs: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    anew: frozenset[str] | None = None


def render(tools: Tools, project: ComposeProject, environ: Mapping[str, str]) -> Rendered:
    """Have Compose read the files; takes some 0.2 s.

    Raises:
        EngineError: where Compose can't be started.

    """
    code, lines, warnings = _ask(tools, project, environ, "config")
    if code != 0:
        return Rendered(warnings=warnings, error=_explained(lines))
    start = next((place for place, line in enumerate(lines) if _BEGINS.match(line)), 0)
    warnings, lines = (*warnings, *lines[:start]), lines[start:]
    failed, hashed, _ = _ask(tools, project, environ, "config", "--hash", "*")
    hashes = {found[1]: found[2] for line in hashed if (found := _HASH.fullmatch(line))}
    services = _services("\n".join(lines))
    if failed != 0 or not services:
        return Rendered(lines, warnings, error=_explained(hashed) if failed else "its services can't be read")
    return Rendered(
        lines,
        warnings,
        hashes=hashes,
        wanted={name: _replicas(service) for name, service in services.items()},
        needs={name: _needs(service) for name, service in services.items()},
    )


def compare(tools: Tools, project: Project, environ: Mapping[str, str]) -> Rendered:
    """Render the files, and where the sums differ from the containers' ask Compose what up would do.

    Raises:
        EngineError: where Compose can't be started.

    """
    target = reference(project)
    found = render(tools, target, environ)
    if found.error or not differs(project, found.hashes):
        return found
    return replace(found, anew=_made_anew(tools, target, environ))


def _made_anew(tools: Tools, project: ComposeProject, environ: Mapping[str, str]) -> frozenset[str] | None:
    """Ask Compose which containers the next up would make anew, by name; None where it can't tell.

    The sums of `config --hash` differ from those of `up` for services with `env_file` or another service's
    network, so they alone don't tell.
    """
    code, lines, _ = _ask(tools, project, environ, "up", "--dry-run", "-d", "--no-build")
    if code != 0:
        return None
    return frozenset(found[1] for line in lines if (found := _ANEW.search(line)))


def _ask(
    tools: Tools, project: ComposeProject, environ: Mapping[str, str], *command: str
) -> tuple[int, tuple[str, ...], tuple[str, ...]]:
    """Give the exit code, the lines that came out, and what was warned of."""
    report = Report()
    argv = compose_words(tools, project, (), *command)
    code = ProcessWork(argv, cwd=folder_of(project), environ={**environ, **ENVIRON}).run(report)
    said: list[str] = []
    warnings: dict[str, None] = {}
    for line in report.lines()[0]:
        logged = _LOGGED.fullmatch(line.strip())
        if logged is None:
            said.append(line)
        else:
            warnings[_sentence(logged[2])] = None
    return code, tuple(said), tuple(warnings)


def _sentence(warning: str) -> str:
    if unset := _UNSET.search(warning):
        return f"{unset[1]} is not set, and counts as empty"
    return re.sub(r"\\(.)", r"\1", warning)


def _explained(lines: tuple[str, ...]) -> str:
    """Give Compose's words, and what they mean where those of its YAML reader say little."""
    text = " ".join(line.strip() for line in lines if line.strip()) or "Compose gave no reason"
    return f"{text}: YAML is indented with blanks, and here is a tab" if _TAB in text else text


def _services(text: str) -> dict[str, dict[str, Any]]:
    import yaml

    try:
        content = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError):
        return {}
    services = content.get("services") if isinstance(content, dict) else None
    return {
        str(name): service
        for name, service in (services.items() if isinstance(services, dict) else ())
        if isinstance(service, dict)
    }


def _replicas(service: dict[str, Any]) -> int:
    deploy = service.get("deploy")
    for number in (deploy.get("replicas") if isinstance(deploy, dict) else None, service.get("scale")):
        if isinstance(number, int):
            return number
    return 1


def _needs(service: dict[str, Any]) -> dict[str, str]:
    needs = service.get("depends_on")
    return {
        str(name): str(how.get("condition", "")) if isinstance(how, dict) else ""
        for name, how in (needs.items() if isinstance(needs, dict) else ())
    }


def moments(project: ComposeProject) -> tuple[float, ...]:
    """Give when each file that the project is made of was changed last; 0 for one that is not there."""
    return tuple(_moment(path) for path in (*project.paths, *project.env_paths, f"{project.folder}/.env"))


def _moment(path: str) -> float:
    try:
        return Path(path).stat().st_mtime
    except OSError:
        return 0.0
