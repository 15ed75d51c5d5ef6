"""`python -m contact_center`: the `contact-center` command where no script is installed."""

from contact_center.cli import main

main()
