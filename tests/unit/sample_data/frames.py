"""The generator's files as plain frames, read without the product's import."""

import pandas as pd
import pyarrow.parquet as pq

from sample_data.writing import CSV_CHINESE

SCALE = 0.02


def read(path):
    """Return a file as a frame under its Chinese headers."""
    match path.suffix:
        case ".parquet":
            return pq.read_table(path).to_pandas()
        case ".xlsx":
            return pd.read_excel(path, header=1, engine="calamine", dtype=object)
        case _:
            chinese = any(f"-{title}-" in path.name for title in ("推荐清单", "授信决定", "放款"))
            return pd.read_csv(path, encoding=CSV_CHINESE.encoding if chinese else "utf-8-sig", low_memory=False)
