"""claimclf inside other libraries, one module for each; each imports its library when imported."""
