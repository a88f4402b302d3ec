"""Business acts on areas and centres. Who may do them is asked one floor up, where roles are known."""

from .boundaries import BoundaryReport, load_boundaries
from .centres import (
    CentreChange,
    CentreDraft,
    Cover,
    DraftFault,
    change_centre,
    check_drafts,
    create_centre,
    create_centres,
    set_leads,
)
from .load import AreaSource, LoadReport, SourceAbolished, SourceArea, load_areas
from .villages import VillageNotice, VillageSeen, learn_villages

__all__ = [
    "AreaSource",
    "BoundaryReport",
    "CentreChange",
    "CentreDraft",
    "Cover",
    "DraftFault",
    "LoadReport",
    "SourceAbolished",
    "SourceArea",
    "VillageNotice",
    "VillageSeen",
    "change_centre",
    "check_drafts",
    "create_centre",
    "create_centres",
    "learn_villages",
    "load_areas",
    "load_boundaries",
    "set_leads",
]
