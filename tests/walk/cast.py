"""The people of the walk. Run as a program (`python -m tests.walk.cast`) it brings them into a portal of its own."""

import sys
from datetime import timedelta

PASSWORD = "a walk through the house 7"  # noqa: S105  of people who do not exist
# First name: full name, duties, rights.
PEOPLE: dict[str, tuple[str, tuple[str, ...], tuple[str, ...]]] = {
    "sam": ("Sam Submitter", (), ()),
    "pia": ("Pia Portfolio", ("portfolio_manager",), ()),
    "olga": ("Olga Owner", (), ("usecase.own",)),
    "stan": ("Stan Sponsor", (), ()),
    "lea": ("Lea Learner", (), ()),
    "dan": ("Dan Dataengineer", (), ()),
    "rita": ("Rita Reviewer", ("model_reviewer",), ("model.approve",)),
    "marc": ("Marc Member", ("model_reviewer",), ("model.approve",)),
    "rolf": ("Rolf Risk", ("risk_officer",), ()),
    "erin": ("Erin Executive", ("executive",), ()),
    "fay": ("Fay Finance", ("finance_controller",), ()),
    "hana": ("Hana Auditor", ("auditor",), ()),
    "adam": ("Adam Administrator", ("administrator",), ()),
    "ivan": ("Ivan Engineer", ("it_engineer",), ()),
    "gail": ("Gail Community", ("community_lead",), ()),
}


def address(first_name: str) -> str:
    """With what somebody signs in."""
    return f"{first_name}@walk.example"


def invite() -> None:
    """Everybody, and the curriculum, by the real services."""
    from django.core.management import call_command

    from portal.core.services import people

    call_command("load_curriculum", verbosity=0)
    for first_name, (name, duties, rights) in PEOPLE.items():
        people.create(email=address(first_name), display_name=name, password=PASSWORD, duties=duties, by=None)
        for code in rights:
            give(first_name, code)


def give(first_name: str, code: str) -> None:
    """A right, valid from yesterday."""
    from portal.core import clock
    from portal.core.models import User
    from portal.core.services import credentials

    now = clock.now()
    credentials.grant(
        user=User.objects.get(email=address(first_name)),
        code=code,
        source="The walk",
        valid_from=now - timedelta(days=1),
        valid_until=now + timedelta(days=300),
        by=None,
    )


if __name__ == "__main__":
    import django

    django.setup()
    if sys.argv[1:]:
        give(*sys.argv[1:])
    else:
        invite()
