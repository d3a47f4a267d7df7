"""Where else customers’ words are used, and getting them back from there."""
