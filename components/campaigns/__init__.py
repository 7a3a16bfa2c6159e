"""What the page of meetings, officers and publicity is made of."""
