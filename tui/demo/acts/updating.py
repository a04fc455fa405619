"""Changing a container's limits and its restart policy while it is there."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tui.demo.acts.lifecycle import Lifecycle
from tui.demo.refusal import RefusalError

if TYPE_CHECKING:
    from typing import Any

    from tui.demo.acts.things import Container
    from tui.demo.wire.query import Body

_POLICIES = ("no", "always", "on-failure", "unless-stopped")
_LEAST_MEMORY = 6 * 1024 * 1024
_NUMBERS = (
    "BlkioWeight",
    "CpuCount",
    "CpuPeriod",
    "CpuPercent",
    "CpuQuota",
    "CpuRealtimePeriod",
    "CpuRealtimeRuntime",
    "CpuShares",
    "KernelMemory",
    "Memory",
    "MemoryReservation",
    "MemorySwap",
    "NanoCpus",
    "PidsLimit",
)
_CPUS = re.compile(r"\d+(?:-\d+)?(?:,\d+(?:-\d+)?)*")


class Updating(Lifecycle):
    """The act of changing a container's settings."""

    def update_container(self, reference: str, asked: Body, cpus: int) -> None:
        """Change limits and restart policy, as far as they are given; `cpus` is how many there are.

        Raises:
            RefusalError: 400 for what can't be, 409 where it does not fit what is set, 404 without it.

        """
        with self.lock:
            changes = {name: _number(asked, name) for name in _NUMBERS if name in asked.values}
            policy = _policy(asked)
            one = self.find(reference)
            _check(changes, str(asked.values.get("CpusetCpus") or ""), cpus)
            self._check_swap(one, changes)
            for name, value in changes.items():
                if value:
                    one.host[name] = value
            for name in ("CpusetCpus", "CpusetMems"):
                if asked.text(name):
                    one.host[name] = asked.text(name)
            if policy is not None:
                one.host["RestartPolicy"] = policy
            self.emit_container(one, "update")

    def _check_swap(self, one: Container, changes: dict[str, int]) -> None:
        memory, swap = changes.get("Memory", 0), one.host["MemorySwap"]
        if memory and not changes.get("MemorySwap") and memory > swap:
            why = "Memory limit should be smaller than already set memoryswap limit"
            raise RefusalError(
                409, f"Cannot update container {one.id}: {why}, update the memoryswap at the same time"
            )


def _number(asked: Body, name: str) -> int:
    value = asked.values[name]
    if value is not None and (not isinstance(value, int) or isinstance(value, bool)):
        kind = {str: "string", bool: "bool", list: "array", dict: "object"}.get(type(value), "number")
        raise RefusalError(
            400,
            f"invalid JSON: json: cannot unmarshal {kind} into Go struct field UpdateConfig.Resources.{name} "
            "of type int64",
        )
    return value or 0


def _policy(asked: Body) -> dict[str, Any] | None:
    given = asked.inner("RestartPolicy")
    name, count = given.text("Name"), given.number("MaximumRetryCount")
    if not name and not count:
        return None
    if name not in _POLICIES:
        raise RefusalError(
            400,
            f"invalid restart policy: unknown policy '{name}'; use one of 'no', 'always', 'on-failure', "
            "or 'unless-stopped'",
        )
    if count and name != "on-failure":
        raise RefusalError(
            400, "invalid restart policy: maximum retry count can only be used with 'on-failure'"
        )
    return {"Name": name, "MaximumRetryCount": count}


def _check(changes: dict[str, int], cpuset: str, cpus: int) -> None:
    memory, swap = changes.get("Memory", 0), changes.get("MemorySwap", 0)
    nano, quota = changes.get("NanoCpus", 0), changes.get("CpuQuota", 0)
    if 0 < memory < _LEAST_MEMORY:
        raise RefusalError(400, "Minimum memory limit allowed is 6MB")
    if memory and 0 < swap < memory:
        raise RefusalError(400, "Minimum memoryswap limit should be larger than memory limit, see usage")
    if nano and quota:
        raise RefusalError(400, "Conflicting options: Nano CPUs and CPU Quota cannot both be set")
    if nano and not 10_000_000 <= nano <= cpus * 1_000_000_000:
        raise RefusalError(
            400, f"Range of CPUs is from 0.01 to {cpus}.00, as there are only {cpus} CPUs available"
        )
    if 0 < quota < 1000:
        raise RefusalError(400, "CPU cfs quota can not be less than 1ms (i.e. 1000)")
    if cpuset:
        _check_cpuset(cpuset, cpus)


def _check_cpuset(cpuset: str, cpus: int) -> None:
    if not _CPUS.fullmatch(cpuset):
        raise RefusalError(400, f"Invalid value {cpuset} for cpuset cpus: invalid format: {cpuset}")
    if max(int(number) for number in re.findall(r"\d+", cpuset)) >= cpus:
        raise RefusalError(
            400, f"Requested CPUs are not available - requested {cpuset}, available: 0-{cpus - 1}"
        )
