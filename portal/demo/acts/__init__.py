"""What can happen in the story; each act calls the services people use."""
