// TerminalEmulation
