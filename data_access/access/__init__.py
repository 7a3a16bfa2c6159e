"""Who may see what: roles, the people who hold them, and the record of what they did.

The access store is a database of its own, apart from the city's figures: rebuilding or losing one leaves the other.
"""
