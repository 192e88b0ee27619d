"""The demo organisation, told by the real services."""
