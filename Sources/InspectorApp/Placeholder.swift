// InspectorApp
