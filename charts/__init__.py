"""Tidy frames become plotly figures, deck.gl maps and small SVG marks. Pure: no Streamlit, no SQL."""
