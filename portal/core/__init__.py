"""The floor of the house: people, rights, audit trail, notices, jobs and the kits of pages and API."""
