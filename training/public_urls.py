"""Addresses that anybody may ask, signed in or not: verification of certificates."""

from django.urls import path

from training.views import verify

app_name = "verify"
urlpatterns = [
    path("keys.json", verify.keys, name="keys"),
    path("keys/<str:kid>.json", verify.key, name="key"),
    path("issuer.json", verify.issuer, name="issuer"),
    path("status/<int:number>.jwt", verify.status, name="status"),
    path("<str:public_id>/", verify.certificate, name="certificate"),
    path("<str:public_id>/badge.jwt", verify.badge, name="badge"),
    path("<str:public_id>/badge.json", verify.badge_json, name="badge_json"),
    path("<str:public_id>/badge.png", verify.badge_png, name="badge_png"),
    path("<str:public_id>/badge.svg", verify.badge_svg, name="badge_svg"),
    path("<str:public_id>/certificate.pdf", verify.paper, name="paper"),
    path("<str:public_id>/qr.svg", verify.qr, name="qr"),
]
