"""``python -m dltutor`` is ``dltutor``."""

from dltutor.cli.main import main

if __name__ == "__main__":
    main()
