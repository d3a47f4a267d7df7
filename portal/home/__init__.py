"""The advocate’s home: what needs them, what waits for us, what is live."""
