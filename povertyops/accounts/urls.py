"""Routes of signing in, accounts, appointments and centres."""

from __future__ import annotations

from django.urls import path

from .views import appointments, centres, languages, sign_in, users

urlpatterns = [
    path("", sign_in.home, name="home"),
    path("sign-in/", sign_in.sign_in, name="sign_in"),
    path("sign-out/", sign_in.sign_out, name="sign_out"),
    path("act-as/", sign_in.switch_appointment, name="switch_appointment"),
    path("language/", languages.set_language_choice, name="set_language_choice"),
    path("password/", sign_in.password, name="password"),
    path("users/", users.user_list, name="user_list"),
    path("users/new/", users.user_new, name="user_new"),
    path("users/<int:pk>/", users.user, name="user"),
    path("users/<int:pk>/edit/", users.user_edit, name="user_edit"),
    path("users/<int:pk>/reset-password/", users.user_reset_password, name="user_reset_password"),
    path("users/<int:pk>/active/", users.user_active, name="user_active"),
    path("appointments/", appointments.appointment_list, name="appointment_list"),
    path("appointments/new/", appointments.appointment_new, name="appointment_new"),
    path("appointments/import/", appointments.appointment_import, name="appointment_import"),
    path("appointments/import/example.csv", appointments.appointment_example, name="appointment_example"),
    path("appointments/<uuid:pk>/end/", appointments.appointment_end, name="appointment_end"),
    path("centres/", centres.centre_list, name="centre_list"),
    path("centres/new/<slug:kind>/", centres.centre_new, name="centre_new"),
    path("centres/import/", centres.centre_import, name="centre_import"),
    path("centres/import/example.csv", centres.centre_example, name="centre_example"),
    path("centres/<uuid:pk>/", centres.centre_edit, name="centre_edit"),
]
