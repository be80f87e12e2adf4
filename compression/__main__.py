"""``python -m compression``."""

from compression.cli import main

if __name__ == "__main__":
    main()
