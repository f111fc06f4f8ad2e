"""`python -m chinwag` is `chinwag`."""

from chinwag.cli import main

main()
