"""Small widgets that know nothing of a run: buttons, boxes, lists, popovers."""
