"""Tables of the numbers: figures, targets, measures, meetings and their packs, exports."""

from .exports import ColumnChoice, ExportJob
from .measures import MeasureSetting, SurveyedPopulation
from .meetings import (
    AgendaItem,
    Attendance,
    FrozenProgress,
    Meeting,
    MeetingStory,
    PackFile,
    PackJob,
    Resolution,
    ResolutionNote,
    SpotCheck,
)
from .progress import AgencyProgress, AreaProgress, DayProgress, Figures, RollupRun
from .public import PublicPage, PublicRelease
from .targets import Target, TargetShare

__all__ = [
    "AgencyProgress",
    "AgendaItem",
    "AreaProgress",
    "Attendance",
    "ColumnChoice",
    "DayProgress",
    "ExportJob",
    "Figures",
    "FrozenProgress",
    "MeasureSetting",
    "Meeting",
    "MeetingStory",
    "PackFile",
    "PackJob",
    "PublicPage",
    "PublicRelease",
    "Resolution",
    "ResolutionNote",
    "RollupRun",
    "SpotCheck",
    "SurveyedPopulation",
    "Target",
    "TargetShare",
]
