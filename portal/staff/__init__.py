"""The people who run the program: set-up, sign-in, roles."""
