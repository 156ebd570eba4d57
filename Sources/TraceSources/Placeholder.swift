// TraceSources
