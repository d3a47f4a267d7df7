"""What is public now. Asks consent on every read."""
