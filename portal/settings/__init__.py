"""What owners choose on the settings page, over the environment’s settings."""
