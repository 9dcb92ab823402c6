"""The images that networks get wrong, on sheets and on pages."""
