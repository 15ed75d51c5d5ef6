"""`python -m contact_center.cli`: the same command where no script is installed."""

from contact_center.cli import main

main()
