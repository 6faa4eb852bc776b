"""The public server: the /chat channel, the widget, health and metrics."""
