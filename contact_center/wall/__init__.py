"""The wallboard: what is seen of the floor at a glance, its limits, and the televisions that show it. Computes, and
keeps limits and links; how it gets to the screens is `realtime`'s.
"""
