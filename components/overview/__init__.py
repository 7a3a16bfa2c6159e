"""What only the command overview shows."""
