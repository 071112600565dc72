// Only carries the precompiled header that the modules reuse.
