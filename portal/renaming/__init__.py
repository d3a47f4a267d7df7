"""A company takes another name; what was agreed to under the old one goes on under it (T28)."""
