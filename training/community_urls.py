"""Addresses of the community."""

from django.urls import path

from training.views import hub, mentors, office_hours

urlpatterns = [
    path("community/", hub.community, name="community"),
    path("community/mine/", hub.contributions, name="contributions"),
    path("community/mentors/", mentors.mentor_list, name="mentor_list"),
    path("community/mentors/offer/", mentors.mentor_offer, name="mentor_offer"),
    path("community/mentors/<uuid:pk>/ask/", mentors.mentor_ask, name="mentor_ask"),
    path("community/mentorships/<uuid:pk>/", mentors.mentorship_detail, name="mentorship_detail"),
    path("community/mentorships/<uuid:pk>/<slug:act>/", mentors.mentorship_act, name="mentorship_act"),
    path("community/panel/<uuid:use_case_pk>/", mentors.use_case_panel, name="use_case_panel"),
    path("community/hours/", office_hours.office_hour_list, name="office_hour_list"),
    path("community/hours/new/", office_hours.office_hour_new, name="office_hour_new"),
    path("community/hours/calendar/", office_hours.office_calendar, name="office_calendar"),
    path("community/hours/calendar/<str:secret>.ics", office_hours.office_feed, name="office_feed"),
    path("community/hours/<uuid:pk>/", office_hours.office_hour_detail, name="office_hour_detail"),
    path("community/hours/<uuid:pk>/change/", office_hours.office_hour_change, name="office_hour_change"),
    path("community/hours/<uuid:pk>/seat/", office_hours.office_hour_seat, name="office_hour_seat"),
    path("community/hours/<uuid:pk>/cancel/", office_hours.office_hour_cancel, name="office_hour_cancel"),
    path("community/hours/<uuid:pk>/office-hour.ics", office_hours.office_hour_file, name="office_hour_file"),
]
