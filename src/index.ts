// The public API: what the command line does, for programs.
