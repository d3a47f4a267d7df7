"""The portal as an operator sees it: health, brand, the address of this machine."""
