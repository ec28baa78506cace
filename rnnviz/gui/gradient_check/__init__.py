"""The dialog that checks every gradient of a run against central differences."""
