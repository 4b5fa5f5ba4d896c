"""The command `tastemaker`, also as `python -m tastemaker`."""

import gc


def main() -> None:
    # What is imported stays: to look through it for garbage again and again as it grows takes a
    # third of a second of every start.
    gc.disable()
    from tastemaker import cli

    gc.freeze()
    gc.enable()
    cli.main()


if __name__ == "__main__":
    main()
