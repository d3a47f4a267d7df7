"""What a customer's words did, counted without a pixel, and told to their author."""
