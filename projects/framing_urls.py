"""Addresses of proposing, weighing and templates."""

from django.urls import path

from projects.views import make_or_buy, offers, proposals, standards, templates

urlpatterns = [
    path("use-cases/propose/", proposals.proposal_begin, name="proposal_begin"),
    path("use-cases/<uuid:pk>/propose/sent/", proposals.proposal_sent, name="proposal_sent"),
    path("use-cases/<uuid:pk>/propose/<slug:step>/", proposals.proposal_step, name="proposal_step"),
    path("use-cases/<uuid:pk>/support/", proposals.use_case_support, name="use_case_support"),
    path("use-cases/<uuid:pk>/support/end/", proposals.use_case_unsupport, name="use_case_unsupport"),
    path("use-cases/why/", standards.use_case_why, name="use_case_why"),
    path("use-cases/<uuid:pk>/make-or-buy/", make_or_buy.use_case_make_or_buy, name="use_case_make_or_buy"),
    path("use-cases/<uuid:pk>/offers/new/", offers.offer_new, name="offer_new"),
    path("offers/<uuid:pk>/", offers.offer_edit, name="offer_edit"),
    path("offers/<uuid:pk>/prefer/", offers.offer_act, {"act": "prefer"}, name="offer_prefer"),
    path("offers/<uuid:pk>/withdraw/", offers.offer_act, {"act": "withdraw"}, name="offer_withdraw"),
    path("use-cases/<uuid:pk>/standards/", standards.use_case_standards, name="use_case_standards"),
    path(
        "use-cases/<uuid:pk>/standards/criteria/",
        standards.use_case_apply_criteria,
        name="use_case_apply_criteria",
    ),
    path(
        "use-cases/<uuid:pk>/stop-proposals/<uuid:proposal>/", standards.stop_proposal, name="stop_proposal"
    ),
    path("use-cases/<uuid:pk>/to-template/", templates.use_case_to_template, name="use_case_to_template"),
    path("use-cases/<uuid:pk>/copy/", templates.use_case_copy, name="use_case_copy"),
    path("templates/", templates.template_list, name="template_list"),
    path("templates/new/", templates.template_new, name="template_new"),
    path("templates/<uuid:pk>/", templates.template_detail, name="template_detail"),
    path("templates/<uuid:pk>/edit/", templates.template_edit, name="template_edit"),
]
