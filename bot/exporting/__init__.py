"""The anonymous file of figures that anybody may open: tables, rows, and how it is written."""
