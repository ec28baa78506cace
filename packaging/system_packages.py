"""Installs system packages with apt, or says how the person can."""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping

from setup_error import SetupError


def may_install() -> bool:
    """Tell whether this process may install packages: it is root, and apt is here."""
    return sys.platform == "linux" and os.geteuid() == 0 and shutil.which("apt-get") is not None


def instruction(missing: Mapping[str, str], *, has_apt: bool) -> str:
    """Return what to tell a person who has to install something.

    Parameters
    ----------
    missing
        What is missing, each with its Debian package.
    has_apt
        Whether the system has apt, so that one line of it does it all.
    """
    if has_apt:
        line = "sudo apt-get install -y " + " ".join(sorted(set(missing.values())))
        return f"Some system packages are missing; please run\n    {line}\nand start again."
    return (
        f"This system lacks {', '.join(sorted(missing))};"
        " please install what brings it with the system's package manager, then start again."
    )


def install(packages: set[str]) -> None:
    """Install Debian packages, asking nothing.

    Raises
    ------
    SetupError
        If apt fails; its own message stands above.
    """
    names = sorted(packages)
    print("Installing system packages: " + " ".join(names), flush=True)
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    # Someone else's apt may be at work, as at the first start of a virtual machine: wait for it.
    apt = ["apt-get", "-q", "-o", "DPkg::Lock::Timeout=120"]
    # One source that cannot be reached fails the update, yet the others may have all we need:
    # whether it sufficed is for the installation to tell.
    subprocess.run([*apt, "update"], env=environment, stdin=subprocess.DEVNULL, check=False)
    done = subprocess.run(
        [*apt, "install", "-y", "--no-install-recommends", *names],
        env=environment,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    if done.returncode != 0:
        raise SetupError(
            "apt-get could not install " + " ".join(names) + "; its own message stands above."
        )


def provide(missing: Mapping[str, str]) -> None:
    """Install what is missing where this process may, else say how.

    Parameters
    ----------
    missing
        What is missing, each with its Debian package; nothing happens if it is empty.

    Raises
    ------
    SetupError
        If the person has to install something, or apt fails.
    """
    if not missing:
        return
    if not may_install():
        raise SetupError(instruction(missing, has_apt=shutil.which("apt-get") is not None))
    install(set(missing.values()))
