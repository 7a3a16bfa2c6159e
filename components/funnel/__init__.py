"""What only the visit funnel shows."""
