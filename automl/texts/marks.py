"""The mark of a text for translation."""


def N_(text: str) -> str:  # noqa: N802 - the name gettext tools look for
    """Mark a text for translation without translating it."""
    return text
