"""What only the industries page shows."""
