"""The plan and its reports: periods, figures that can be traced, and what is written of them."""
