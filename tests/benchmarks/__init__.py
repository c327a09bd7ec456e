"""Measurements, each beside its control in the same run. They print; they assert nothing."""
