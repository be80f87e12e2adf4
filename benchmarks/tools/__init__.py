"""What several benchmarks share: timing by ratio, figures with intervals, where the data lies."""
