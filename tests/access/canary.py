"""Words planted in confidential objects, and who must not read them."""

ANY = b"CANARY"
# The trail names everything that was done, and the list of jobs what is worked on; who reads them is a rule of its own.
REGISTERS = {
    "governance:audit_list",
    "governance:audit_export",
    "api:audit_event-list",
    "api:audit_event-export",
    "core:job_list",
    "api:job-list",
    "core:job_detail",
    "api:job-detail",
}
# What belongs to one person is seen by nobody else, whatever their duty.
PERSONAL = (b"CANARY-Draft", b"CANARY-A word for you", b"CANARY-laptop")
OUTSIDE = ("anon", "stranger", "author", "product_owner", "member", "administrator", "community_lead")
# Duties that steer see the confidential use case, but no row of its confidential table.
STEERING = ("executive", "portfolio_manager", "finance_controller")
ROWS = (b"CANARY-west", b"CANARY-description")


def words_for(persona: str, route: str) -> tuple[bytes, ...]:
    """What this person must not read there."""
    if persona in OUTSIDE:
        return (ANY,)
    if route in REGISTERS:
        return ()
    return PERSONAL + ROWS if persona in STEERING else PERSONAL


def leak(persona: str, route: str, text: bytes) -> str:
    """What this person reads there and must not, with its surroundings; empty when all is well."""
    leaked = [word for word in words_for(persona, route) if word in text]
    return (
        f"{persona} reads {leaked}: …{text[max(0, text.find(leaked[0]) - 200) :][:300]!r}" if leaked else ""
    )
