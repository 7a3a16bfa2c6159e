"""One module per question the pages ask of the store; every function takes a scope and a selection."""
