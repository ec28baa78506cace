"""Builds what is handed out, which needs the build backend and so the network: marked slow."""

import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[2]
RESOURCES = {
    "rnnviz/" + path.relative_to(CHECKOUT).as_posix()
    for path in (CHECKOUT / "resources").rglob("*")
    if path.is_file()
}


def build_wheel(source: Path, destination: Path) -> Path:
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "wheel", "--quiet"]
    subprocess.run([*pip, "--no-deps", "--wheel-dir", str(destination), str(source)], check=True)
    (wheel,) = destination.glob("*.whl")
    return wheel


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_wheel(CHECKOUT, tmp_path_factory.mktemp("wheel"))


def assert_holds_the_whole_package(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    modules = {path.relative_to(CHECKOUT) for path in (CHECKOUT / "rnnviz").rglob("*.py")}
    assert {path.as_posix() for path in modules} <= names
    assert names >= RESOURCES
    assert "rnnviz/py.typed" in names
    assert any(name.endswith("licenses/LICENSE") for name in names)
    folders = {name.split("/")[0] for name in names if ".dist-info" not in name}
    assert folders == {"rnnviz"}


@pytest.mark.slow
def test_a_wheel_holds_the_package_and_its_resources_and_nothing_else(wheel: Path) -> None:
    assert_holds_the_whole_package(wheel)


@pytest.mark.slow
def test_an_installed_package_finds_its_resources(wheel: Path, tmp_path: Path) -> None:
    zipfile.ZipFile(wheel).extractall(tmp_path)
    question = "from rnnviz.resources import resource_path; print(resource_path('README.md'))"
    answer = subprocess.run(
        [sys.executable, "-P", "-c", question],
        env=os.environ | {"PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert Path(answer.stdout.strip()) == tmp_path / "rnnviz" / "resources" / "README.md"


@pytest.mark.slow
def test_a_wheel_of_the_source_distribution_holds_the_same(tmp_path: Path) -> None:
    # pip builds no source distribution: the backend is asked, in an environment of its own.
    environment = tmp_path / "environment"
    subprocess.run([sys.executable, "-m", "venv", str(environment)], check=True)
    python = environment / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    pip = [str(python), "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    subprocess.run([*pip, "hatchling"], check=True)
    subprocess.run(
        [str(python), "-m", "hatchling", "build", "-t", "sdist", "-d", str(tmp_path)],
        cwd=CHECKOUT,
        check=True,
    )
    (archive,) = tmp_path.glob("*.tar.gz")
    with tarfile.open(archive) as content:
        assert any(name.endswith("packaging/bootstrap.py") for name in content.getnames())
    assert_holds_the_whole_package(build_wheel(archive, tmp_path / "wheels"))
