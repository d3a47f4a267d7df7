"""Are these words still right? Asked before a year is over, and when a job changes (T6, T29)."""
