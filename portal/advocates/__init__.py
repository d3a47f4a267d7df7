"""Companies that are our customers, and the people there who may speak for us."""
