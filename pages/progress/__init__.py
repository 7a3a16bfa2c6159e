"""Where the programme stands: overview, screen, districts, funnel, industries."""
