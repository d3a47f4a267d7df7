"""Statements, what was given and refused, receipts; and the one question: is this in force?"""
