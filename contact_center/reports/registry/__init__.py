"""The metrics, one module per topic. Each module has `METRICS`; `reports.metrics` puts them together."""
