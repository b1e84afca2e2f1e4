"""Cầu Nối: the bot of a trade-union federation, on the web, Telegram and Zalo."""
