"""`contact-center`, and `python -m contact_center`: the commands of `cli`."""

from __future__ import annotations

from contact_center import loading


def main() -> None:
    """Load the commands, then run the one that was asked for."""
    with loading():
        from contact_center.cli import main as commands
    commands()


if __name__ == "__main__":
    main()
