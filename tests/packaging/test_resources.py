from pathlib import Path

import pytest

from rnnviz.resources import resource_path


def test_a_resource_is_found_by_its_name() -> None:
    path = resource_path("README.md")
    assert path.is_absolute()
    assert path.read_text(encoding="utf-8").startswith("# Resources")


def test_a_missing_resource_is_named() -> None:
    with pytest.raises(FileNotFoundError, match=r"icons/no-such-icon\.svg"):
        resource_path("icons/no-such-icon.svg")


def test_no_folder_of_the_checkout_takes_the_name_of_an_installed_package() -> None:
    checkout = Path(__file__).parents[2]
    # An __init__.py would make `packaging` hide the package of that name, which pytest imports,
    # and, in a wheel, `rnnviz/resources/` hide the module rnnviz/resources.py.
    assert not (checkout / "packaging" / "__init__.py").exists()
    assert not (checkout / "resources" / "__init__.py").exists()
