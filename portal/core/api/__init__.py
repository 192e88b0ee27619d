"""The kit every API of the portal is built from."""
