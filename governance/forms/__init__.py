"""What people enter in governance."""
