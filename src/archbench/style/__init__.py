"""What the pages share: colours and templates."""
