"""What several tests have in common. It asserts nothing about the package by itself."""
