"""What only the leadership screen shows."""
