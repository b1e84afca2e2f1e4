"""Measurements: speed and memory, in one run, as medians and ratios. They decide no test."""
