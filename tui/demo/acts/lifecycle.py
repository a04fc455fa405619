"""What befalls a container: it starts, stops, dies, is paused and removed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tui.demo.acts.checks import Checks
from tui.demo.acts.programs import Programs
from tui.demo.acts.signals import number_of
from tui.demo.acts.things import Health
from tui.demo.refusal import RefusalError
from tui.demo.words import SECOND

if TYPE_CHECKING:
    from tui.demo.acts.things import Container

_NAME = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_.-]+")
_GRACE = 10.0
_KILLED = 137


class Lifecycle(Programs, Checks):
    """The acts on containers that exist."""

    def start(self, reference: str) -> bool:
        """Start a container; False where it runs already."""
        with self.lock:
            one = self.find(reference)
            if one.state == "paused":
                raise RefusalError(409, "cannot start a paused container, try unpause instead")
            if one.up:
                return False
            one.by_hand = False
            one.restarts = 0
            try:
                self._run(one)
            except RefusalError:
                if one.host["AutoRemove"]:
                    self._forget(one, volumes=True)
                raise
            return True

    def revive(self, reference: str) -> None:
        """Start a container again that died, as its restart policy does."""
        with self.lock:
            one = self.find(reference)
            if one.state == "restarting":
                one.restarts += 1
                self._run(one)

    def _run(self, one: Container) -> None:
        for end in one.endpoints.values():
            self.find_network(end.network)
        ports = self._ports(one)
        for end in one.endpoints.values():
            self.join(one, end)
        for mount in one.mounts:
            if mount.type == "volume":
                self._emit_mount(one, mount.name, "mount", mount.target, writable=mount.writable)
        try:
            self.check_start(one)
        except RefusalError:
            self._give_back(one)
            raise
        one.state, one.started, one.exit_code, one.error, one.oom = "running", self.tick(), 0, "", False
        one.pid, one.sandbox, one.ports = self.ids.pid(), self.ids.digest("sandbox"), ports
        if one.config.get("Healthcheck"):
            one.health = Health()
        self.emit_container(one, "start")
        self.say(one, one.temper.opening)
        self.begin(one)
        if one.temper.lasts == 0:
            self.expire(one.id)

    def _ports(self, one: Container) -> dict[str, list[int]]:
        """Give the host ports of a container that starts, or refuse where another one has them."""
        if one.network_mode == "host":
            return {}
        taken = {
            (port, name.partition("/")[2]): other
            for other in self.containers.values()
            if other.alive
            for name, ports in other.ports.items()
            for port in ports
        }
        found: dict[str, list[int]] = {}
        for name in one.config.get("ExposedPorts", {}):
            bindings = (one.host["PortBindings"] or {}).get(name) or ()
            found[name] = [int(binding["HostPort"] or 0) or 32768 + len(taken) for binding in bindings]
            for port in found[name]:
                if (port, name.partition("/")[2]) in taken:
                    self._refuse_port(one, port)
        return found

    def _refuse_port(self, one: Container, port: int) -> None:
        one.exit_code = 128
        one.error = (
            f"driver failed programming external connectivity on endpoint {one.name} "
            f"({self.ids.digest('endpoint')}): Bind for 0.0.0.0:{port} failed: port is already allocated"
        )
        raise RefusalError(500, one.error)

    def _emit_mount(
        self, one: Container, volume: str, action: str, target: str = "", *, writable: bool = True
    ) -> None:
        attributes = {"container": one.id, "driver": "local"}
        if action == "mount":
            attributes |= {"destination": target, "propagation": "", "read/write": str(writable).lower()}
        self.emit("volume", action, volume, attributes)

    def _halt(self, one: Container, code: int, *, stopped: bool = False, oom: bool = False) -> None:
        """Let a container's processes be gone; Docker tells `stop` before `die`."""
        self.end_programs(one)
        self._give_back(one)
        one.finished, one.exit_code, one.oom, one.pid, one.ports = self.tick(), code, oom, 0, {}
        one.state = "restarting" if not stopped and _comes_back(one, code) else "exited"
        if one.health is not None:
            one.health.status = "unhealthy"
        if stopped:
            self.emit_container(one, "stop")
        seconds = (one.finished - one.started) // SECOND
        self.emit_container(one, "die", execDuration=str(seconds), exitCode=str(code))
        self.let_go(one)
        if one.host["AutoRemove"] and one.state == "exited":
            self._forget(one, volumes=True)

    def _give_back(self, one: Container) -> None:
        """Leave the networks and the volumes."""
        for end in one.endpoints.values():
            if end.id:
                self.leave(one, end)
        for mount in one.mounts:
            if mount.type == "volume":
                self._emit_mount(one, mount.name, "unmount")

    def halt(self, one: Container, code: int) -> None:
        """Let a container's processes be gone, as its first one ended by itself."""
        self._halt(one, code)

    def die(self, reference: str, code: int = 1, *, oom: bool = False) -> None:
        """Let a container's process end by itself; with `oom`, killed for its memory."""
        with self.lock:
            one = self.running(reference)
            if oom:
                self.emit_container(one, "oom")
            self._halt(one, _KILLED if oom else code, oom=oom)

    def expire(self, reference: str) -> None:
        """Let a container's process come to the end that its temper has for it."""
        with self.lock:
            one = self.running(reference)
            self.say(one, one.temper.last_words)
            self._halt(one, one.temper.exit_code)

    def stop(self, reference: str, timeout: float | None = None) -> bool:
        """Stop a container, waiting as long as it takes or `timeout` seconds; False where it does not run."""
        with self.lock:
            one = self.find(reference)
            if not one.up:
                return False
            one.by_hand = True
            if one.state == "restarting":
                one.state = "exited"
                self.emit_container(one, "stop")
                return True
            signal = number_of(one.config.get("StopSignal") or "SIGTERM") or 15
            self.emit_container(one, "kill", signal=str(signal))
            grace = timeout if timeout is not None else float(one.config.get("StopTimeout") or _GRACE)
            needs = _GRACE * 100 if one.temper.on_term is None else one.temper.stop_takes
        self.nap(needs if grace < 0 else min(grace, needs))
        with self.lock:
            if one.alive:
                self._finish_stop(one, in_time=grace < 0 or needs <= grace)
        return True

    def _finish_stop(self, one: Container, *, in_time: bool) -> None:
        code = one.temper.on_term
        if not in_time or code is None:
            self.emit_container(one, "kill", signal="9")
            code = _KILLED
        if one.state == "paused":
            self.emit_container(one, "unpause")
        elif code != _KILLED:
            self.say(one, one.temper.closing)
        self._halt(one, code, stopped=True)

    def restart(self, reference: str, timeout: float | None = None) -> None:
        """Stop a container if it runs, and start it."""
        with self.lock:
            one = self.find(reference)
        self.stop(one.id, timeout)
        with self.lock:
            self.start(one.id)
            self.emit_container(one, "restart")

    def kill(self, reference: str, signal: str = "SIGKILL") -> None:
        """Send a signal, by name or number, to a container's first process."""
        with self.lock:
            one = self.find(reference)
            number = number_of(signal)
            if number is None:
                raise RefusalError(400, f"cannot kill container: {reference}: invalid signal: {signal}")
            if not one.up:
                raise RefusalError(
                    409, f"cannot kill container: {reference}: container {one.id} is not running"
                )
            one.by_hand = True
            if one.state == "restarting":
                one.state = "exited"
                one.ring()
                return
            self.emit_container(one, "kill", signal=str(number))
            if number == 9:
                self._halt(one, _KILLED)
            elif number in {2, 3, 15} and one.temper.on_term is not None:
                self._halt(one, one.temper.on_term)

    def pause(self, reference: str) -> None:
        """Freeze a container's processes."""
        with self.lock:
            one = self.running(reference)
            if one.state == "paused":
                raise RefusalError(409, f"Container {one.id} is already paused")
            one.state = "paused"
            self.pause_programs(one, paused=True)
            self.emit_container(one, "pause")

    def unpause(self, reference: str) -> None:
        """Let a paused container's processes go on."""
        with self.lock:
            one = self.find(reference)
            if one.state != "paused":
                raise RefusalError(500, f"Container {one.id} is not paused")
            one.state = "running"
            self.emit_container(one, "unpause")
            self.pause_programs(one, paused=False)

    def rename(self, reference: str, name: str) -> None:
        """Give a container another name."""
        with self.lock:
            if not name:
                raise RefusalError(400, "Neither old nor new names may be empty")
            one = self.find(reference)
            name = name.removeprefix("/")
            if name == one.name:
                raise RefusalError(400, "Renaming a container with the same name as its current name")
            failed = "Error when allocating new name: "
            if not _NAME.fullmatch(name):
                only = "only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed"
                raise RefusalError(400, f"{failed}Invalid container name (/{name}), {only}")
            try:
                self.check_name(name)
            except RefusalError as refusal:
                raise RefusalError(refusal.status, failed + refusal.message) from None
            old, one.name = one.name, name
            self.emit_container(one, "rename", oldName=f"/{old}")

    def remove(self, reference: str, *, force: bool = False, volumes: bool = False) -> None:
        """Remove a container, by force if it runs, with its anonymous volumes if asked."""
        with self.lock:
            one = self.find(reference)
            if one.up and not force:
                ways = {
                    "running": "running: stop the container before removing or force remove",
                    "paused": "paused and must be unpaused first",
                    "restarting": "restarting: stop the container before removing or force remove",
                }
                raise RefusalError(
                    409, f'cannot remove container "/{one.name}": container is {ways[one.state]}'
                )
            if one.up:
                self.kill(one.id)
            if one.id in self.containers:
                self._forget(one, volumes=volumes)

    def _forget(self, one: Container, *, volumes: bool) -> None:
        del self.containers[one.id]
        one.state = "removing"
        self.let_go(one)
        for mount in one.mounts if volumes else ():
            volume = self.volumes.get(mount.name)
            anonymous = volume is not None and "com.docker.volume.anonymous" in (volume.labels or {})
            if anonymous and not self.users_of_volume(mount.name):
                self.remove_volume(mount.name)
        self.emit_container(one, "destroy")


def _comes_back(one: Container, code: int) -> bool:
    if one.by_hand or one.policy == "no":
        return False
    if one.policy != "on-failure":
        return True
    limit = one.host["RestartPolicy"]["MaximumRetryCount"]
    return code != 0 and (not limit or one.restarts < limit)
