"""Addresses of squads, trust, hypotheses, cycles and comments."""

from django.urls import path

from projects.views import comments, cycles, dossiers, hypotheses, squad_sizes, squads, staffing, trust

CASE = "use-cases/<uuid:pk>/"
urlpatterns = [
    path("squads/", squads.squad_list, name="squad_list"),
    path("squads/load/", staffing.squad_load, name="squad_load"),
    path("squads/staffing/", staffing.squad_staffing, name="squad_staffing"),
    path(f"{CASE}squad/", squads.use_case_squad, name="use_case_squad"),
    path(f"{CASE}squad/size/", squad_sizes.squad_size, name="squad_size"),
    path(f"{CASE}squad/parts/", squad_sizes.squad_parts, name="squad_parts"),
    path(f"{CASE}squad/parts/<uuid:part>/remove/", squad_sizes.squad_part_remove, name="squad_part_remove"),
    path(f"{CASE}squad/<uuid:member>/", squads.squad_member, name="squad_member"),
    path(f"{CASE}squad/<uuid:member>/end/", squads.squad_member_end, name="squad_member_end"),
    path(f"{CASE}squad/<uuid:member>/lead/", squads.squad_member_lead, name="squad_member_lead"),
    path(f"{CASE}readiness/", trust.use_case_readiness, name="use_case_readiness"),
    path(f"{CASE}dossier/", dossiers.use_case_dossier, name="use_case_dossier"),
    path(f"{CASE}usage/", dossiers.usage_report, name="usage_report"),
    path(f"{CASE}raci/", trust.use_case_raci, name="use_case_raci"),
    path(f"{CASE}contract/", trust.use_case_contract, name="use_case_contract"),
    path(f"{CASE}contract/<int:version>/sign/", trust.contract_sign, name="contract_sign"),
    path(f"{CASE}hypotheses/", hypotheses.use_case_hypotheses, name="use_case_hypotheses"),
    path(f"{CASE}hypotheses/<uuid:hypothesis>/", hypotheses.hypothesis, name="hypothesis"),
    path(f"{CASE}hypotheses/<uuid:hypothesis>/look/", hypotheses.hypothesis_look, name="hypothesis_look"),
    path(f"{CASE}hypotheses/<uuid:hypothesis>/live/", hypotheses.hypothesis_live, name="hypothesis_live"),
    path(
        f"{CASE}hypotheses/<uuid:hypothesis>/do/<slug:act>/", hypotheses.hypothesis_act, name="hypothesis_act"
    ),
    path(f"{CASE}cycles/", cycles.use_case_cycles, name="use_case_cycles"),
    path(f"{CASE}cycles/<uuid:cycle>/", cycles.cycle, name="cycle"),
    path(f"{CASE}cycles/<uuid:cycle>/edit/", cycles.cycle_edit, name="cycle_edit"),
    path(f"{CASE}cycles/<uuid:cycle>/close/", cycles.cycle_close, name="cycle_close"),
    path(f"{CASE}stories/<uuid:story>/", cycles.story, name="story"),
    path(f"{CASE}stories/<uuid:story>/move/", cycles.story_move, name="story_move"),
    path(f"{CASE}stories/<uuid:story>/remove/", cycles.story_remove, name="story_remove"),
    path(f"{CASE}comments/<uuid:comment>/", comments.comment_edit, name="comment_edit"),
    path(f"{CASE}comments/<uuid:comment>/withdraw/", comments.comment_withdraw, name="comment_withdraw"),
    path(f"{CASE}comments/<uuid:comment>/react/", comments.comment_react, name="comment_react"),
    path(f"{CASE}watch/", comments.use_case_watch, name="use_case_watch"),
    path(f"{CASE}people/", comments.use_case_people, name="use_case_people"),
]
