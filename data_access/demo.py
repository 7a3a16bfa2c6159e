"""What the demo store is, decided here and nowhere else: a demo profile, and no batch but the generator's.

Only that may be served to people who do not sign in. A batch that anybody else brings in, through a page or a command,
may be real data, and makes the store one that has to be protected from the next start on.
"""

from sqlalchemy import select

from data_access.profile import Profile
from data_access.schema import batches
from data_access.store import Store

GENERATOR = "演示数据"


def is_demo_store(profile: Profile, store: Store) -> bool:
    """Whether ``store`` holds nothing but the demo city; an empty one of a demo profile counts."""
    if not profile.is_demo:
        return False
    return {name for (name,) in store.rows(select(batches.c.created_by).distinct())} <= {GENERATOR}
