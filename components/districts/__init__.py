"""What only the district map shows."""
