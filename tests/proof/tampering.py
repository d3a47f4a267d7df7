"""Change what must not change, as someone with the database’s password could."""

import sqlalchemy as sa

from portal.db import db


def tamper(app, table: str, change) -> None:
    """Switch off the triggers that keep a table append-only, then change it."""
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            named = sa.text("SELECT name FROM sqlite_master WHERE type='trigger' AND tbl_name=:t")
            for name in db.session.scalars(named, {"t": table}).all():
                db.session.execute(sa.text(f"DROP TRIGGER {name}"))
        else:
            db.session.execute(sa.text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
        db.session.execute(change)
        db.session.commit()
