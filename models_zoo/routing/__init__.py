"""When the machine may answer alone."""
