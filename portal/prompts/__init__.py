"""Where staff change what each action asks: every change a new version, drafts keep theirs."""
