"""What the Makefile runs that is no part of the product: set-up of the environment and checks of the tree."""
