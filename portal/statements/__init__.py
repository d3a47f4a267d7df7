"""Where owners change the words customers are asked for permission with: each change a version."""
