"""Tests that read like a talk, against real databases, a real browser and fake platforms."""
