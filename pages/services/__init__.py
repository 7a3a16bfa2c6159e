"""What is done for enterprises: meetings, officers and publicity, problems, products."""
