"""A fictional program to look around in: sample data, and a mailbox that catches every mail."""
