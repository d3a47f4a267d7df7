"""Two yeses, each to exactly what will appear: the customer's to our change, and the company's."""
