"""State tables have no dead ends nobody meant, and the drawing is fresh."""

import pytest
from django.apps import apps
from django.core.management import call_command

from portal.core.states import Machine

LIVES = [
    (model, model.LIFE) for model in apps.get_models() if isinstance(getattr(model, "LIFE", None), Machine)
]


@pytest.mark.parametrize(("model", "life"), LIVES, ids=lambda each: getattr(each, "__name__", ""))
def test_every_state_is_known_and_can_be_reached(model, life):
    field = model._meta.get_field(life.field)
    known = {value for value, _label in field.choices}
    reached = {field.default} | {after for steps in life.moves.values() for after in steps.values()}

    assert life.states() <= known
    assert known <= reached


def test_the_drawing_of_the_states_is_fresh():
    call_command("draw_states", check=True)
