"""Mail promised in a transaction: the row and its job commit with the act, or not at all."""
