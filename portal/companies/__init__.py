"""Two rows that are one company, joined and parted again."""
