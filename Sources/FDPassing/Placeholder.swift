// FDPassing
