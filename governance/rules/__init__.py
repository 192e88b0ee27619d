"""Who may do what in governance, each answer with its reason."""
