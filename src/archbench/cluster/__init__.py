"""Cells on other cores and other machines: adapters to engines that exist, and no scheduler."""
