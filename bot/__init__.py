"""The clinic's FAQ assistant."""
