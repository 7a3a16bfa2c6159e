"""The only code that speaks SQL: profile, schema, store, selection and scope, queries, derivation, importing."""
