"""Streamlit pieces that pages share: context, filter bar, cards, chart frame, drill table, cached reads."""
