"""Be interviewed instead of writing: times that suit, one agreed on, and notes to write from."""
