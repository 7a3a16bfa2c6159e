"""The menu section 银行."""
