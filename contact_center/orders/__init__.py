"""Products, orders, shipments, invoices, payments and settlements, as a shop or an ERP tells them."""
