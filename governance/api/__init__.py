"""REST API of governance: every act of a page, by the same services."""
