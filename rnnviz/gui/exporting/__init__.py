"""Export all: what is seen, the settings and the models, as files of one folder."""
