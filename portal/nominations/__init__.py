"""Colleagues who know a customer propose them, with a reason; an editor says yes or why not."""
