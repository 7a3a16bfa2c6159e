"""Who is there and what they may see: sign-in, the gate before every page, the choice of a role, guarded files."""
