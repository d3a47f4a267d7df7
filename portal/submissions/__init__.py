"""Actions and their prompts; drafts, immutable versions, decisions."""
