"""Platforms that live on this machine and refuse what the real ones refuse."""
