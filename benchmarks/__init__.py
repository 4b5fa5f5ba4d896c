"""Speed and quality, each beside named peers measured in the same run: `python -m benchmarks`."""
