"""The build of BlurStream, one file a step. It imports only the standard library: it runs first."""
