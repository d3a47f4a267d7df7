"""Who did what to which thing, and when. Append only; the database refuses the rest."""
