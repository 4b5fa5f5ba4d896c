"""`python -m tastemaker` is `tastemaker`."""

from tastemaker.cli import main

if __name__ == "__main__":
    main()
