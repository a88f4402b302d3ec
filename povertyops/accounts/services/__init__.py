"""Business acts on accounts, appointments and the centres people are appointed to."""

from .appointments import AppointmentInput, appoint, end_appointment
from .centres import CentreImport, change_centre, check_centres, covers_in, create_centre, import_centres
from .orders import OrderCheck, OrderLine, OrderResult, apply_order, check_order
from .tokens import create_api_token
from .users import (
    PersonInput,
    change_own_password,
    change_user,
    choose_language,
    create_user,
    one_time_password,
    reset_password,
    set_active,
)

__all__ = [
    "AppointmentInput",
    "CentreImport",
    "OrderCheck",
    "OrderLine",
    "OrderResult",
    "PersonInput",
    "apply_order",
    "appoint",
    "change_centre",
    "change_own_password",
    "change_user",
    "check_centres",
    "check_order",
    "choose_language",
    "covers_in",
    "create_api_token",
    "create_centre",
    "create_user",
    "end_appointment",
    "import_centres",
    "one_time_password",
    "reset_password",
    "set_active",
]
