"""What pages gather from several models."""

from governance.selectors.home import waiting_for

__all__ = ["waiting_for"]
