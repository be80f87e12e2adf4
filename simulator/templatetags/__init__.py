"""Template filters of the simulator's pages."""
