"""The pieces of the ledger: what is asked, its table, work lists, an enterprise with its history, and exports."""
