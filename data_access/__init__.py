"""The only code that speaks SQL: profile, schema, store, selection and scope, queries, derivation, importing."""

import warnings

import pandas as pd

# Most frames have a few dozen rows. There, strings kept in Arrow's form cost more than all figures together: without it
# a page takes a sixth to a third less of the processor, and an import of 520,000 enterprises no more. The option is to
# go with pandas 4: measure again before that.
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    pd.set_option("future.infer_string", False)
