"""The tables of the floor."""

from portal.core.models.audit import AuditEvent
from portal.core.models.credentials import Credential, Right
from portal.core.models.jobs import Job, JobEffect
from portal.core.models.notices import Notice, NoticePreference
from portal.core.models.records import Record
from portal.core.models.tokens import ApiToken
from portal.core.models.units import OrgUnit
from portal.core.models.users import User

__all__ = [
    "ApiToken",
    "AuditEvent",
    "Credential",
    "Job",
    "JobEffect",
    "Notice",
    "NoticePreference",
    "OrgUnit",
    "Record",
    "Right",
    "User",
]
