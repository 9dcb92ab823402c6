"""Stages gallery and report: they only read."""
