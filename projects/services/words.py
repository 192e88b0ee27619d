"""What people must say when they act, checked in one place."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

LONGEST = 2000


def ask_for(**said: str) -> dict[str, str]:
    """Each sentence trimmed. Raises `ValidationError` naming those that are empty or too long."""
    trimmed = {name: (text or "").strip() for name, text in said.items()}
    problems = {name: _("Please say this in a sentence.") for name, text in trimmed.items() if not text}
    problems |= {
        name: _("At most %(longest)s characters, please.") % {"longest": LONGEST}
        for name, text in trimmed.items()
        if len(text) > LONGEST
    }
    if problems:
        raise ValidationError(problems)
    return trimmed
