"""The supervisor's screens: how the work goes and what customers are worth. Pages only; the figures are the rooms'."""
