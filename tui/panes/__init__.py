"""The list panes, one declaration per kind of object."""

from tui.panes.containers import Containers
from tui.panes.events import Events
from tui.panes.images import Images
from tui.panes.networks import Networks
from tui.panes.pane import Pane
from tui.panes.projects import Projects
from tui.panes.volumes import Volumes

PANES: tuple[type[Pane], ...] = (Projects, Containers, Images, Volumes, Networks, Events)
"""In the order in which they are shown. A new one is a file in this package and a name here."""
