"""What training is drawn over."""

from PySide6.QtGui import QAction

from rnnviz.training.commands import Train


def test_what_is_over_training_is_drawn_over_what_was_chosen(driver):
    driver.controller.thread_of_training.post(Train(30))
    driver.until(lambda snapshot: snapshot.step == 30)
    driver.child(QAction, "axis_tokens").trigger()
    loss = driver.controller.panels["loss_panel"]
    assert loss.view.mapping.x.axis.label == "tokens trained on"
    assert loss._curve.x[-1] == 30 * 25
    driver.child(QAction, "axis_steps").trigger()
    assert loss._curve.x[-1] == 30
    assert not driver.child(QAction, "axis_tokens").isChecked()
