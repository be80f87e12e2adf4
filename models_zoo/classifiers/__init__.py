"""The trainable modules, one architecture a file."""
