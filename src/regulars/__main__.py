"""`python -m regulars` is the command `regulars`."""

from regulars.cli.app import main

main()
