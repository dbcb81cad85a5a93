"""The panel: one module and one folder of templates a page."""
