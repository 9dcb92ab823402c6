"""What people took the test images for."""
