"""Stages download and split: the bytes, and which of them train."""
