"""What the office keeps in order: papers, data, definitions."""
