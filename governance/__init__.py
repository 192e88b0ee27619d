"""Who may let it through, and is it still sound: gates, approvals, models in production, value."""
