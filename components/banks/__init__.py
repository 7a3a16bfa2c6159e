"""The bank page's pieces: the desk (everything read and computed once), its words, views, card and commitments."""
