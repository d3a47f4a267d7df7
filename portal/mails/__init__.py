"""Where owners choose the words around what an automatic mail must say: each change a version."""
