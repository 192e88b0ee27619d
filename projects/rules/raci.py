"""Who says who answers for improvement, operation and monitoring."""

from projects.rules.ways import may_steer as may_assign

__all__ = ["may_assign"]
