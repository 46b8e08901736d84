"""`python -m daemon` is `afterword`."""

from daemon.cli import main

if __name__ == "__main__":
    main()
