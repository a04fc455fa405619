"""Faults on demand: everything that an engine, its link and its answers can do wrong."""

from tui.demo.faults.answers import ContentType, Cut, Hang, Slow, Status
from tui.demo.faults.crowd import Crowd
from tui.demo.faults.fault import Fault
from tui.demo.faults.flood import Flood
from tui.demo.faults.link import Refuse
from tui.demo.faults.shapes import EVERY, Garble, Missing, Null
from tui.demo.faults.storm import Storm
from tui.demo.faults.version import Version

__all__ = [
    "EVERY",
    "ContentType",
    "Crowd",
    "Cut",
    "Fault",
    "Flood",
    "Garble",
    "Hang",
    "Missing",
    "Null",
    "Refuse",
    "Slow",
    "Status",
    "Storm",
    "Version",
]
