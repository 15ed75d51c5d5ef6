"""Who matters: customers ranked A to D, the reasons and dates of every change, and what each tier is promised."""
