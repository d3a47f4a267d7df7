"""Published words beyond our own pages: blocks, feeds, cards and data, each with its disclosure."""
