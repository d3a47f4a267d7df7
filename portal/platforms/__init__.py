"""Review platforms elsewhere: what each allows, in versioned rows, and what breaks them (T12)."""
