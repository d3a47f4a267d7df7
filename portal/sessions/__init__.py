"""Server-side sessions: a random token in the cookie, a row that can be ended here."""
