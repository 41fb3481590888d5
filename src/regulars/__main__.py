"""The command `regulars`, and `python -m regulars`."""

import os
import sys

STOPPED = 130


def main() -> None:
    """Run the command; stopping it from the keyboard is no fault, not even while it loads."""
    try:
        from regulars.cli.app import main as run

        run()
    except KeyboardInterrupt:
        sys.stderr.write("\n")
        os._exit(STOPPED)


if __name__ == "__main__":
    main()
