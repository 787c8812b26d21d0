"""Compiles the extension against libsluice_friction and names the platform that the two really need."""

import os
import pathlib
import re
import shutil
import subprocess
import sysconfig

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

HERE = pathlib.Path(__file__).parent
PACKAGE = HERE / "src" / "sluice"
LIBRARY = "libsluice_friction.so.1"


class FrictionExtension(BuildHookInterface):
    """SLUICE_FRICTION_LIBRARY names the folder of the shared library; build_wheel sets it."""

    PLUGIN_NAME = "custom"

    def initialize(self, version, build_data):
        folder = pathlib.Path(os.environ["SLUICE_FRICTION_LIBRARY"])
        shutil.copyfile((folder / LIBRARY).resolve(), PACKAGE / LIBRARY)
        subprocess.run(["strip", "--strip-unneeded", PACKAGE / LIBRARY], check=True)
        extension = PACKAGE / "_friction.abi3.so"
        include = [f"-I{sysconfig.get_paths()['include']}", f"-I{HERE.parent / 'c' / 'include'}"]
        warnings = ["-Wall", "-Wextra", "-Werror"]
        subprocess.run(
            [os.environ.get("CC", "cc"), "-std=c11", "-O2", "-fPIC", "-shared", "-fvisibility=hidden", *warnings, *include,
             PACKAGE / "_friction.c", PACKAGE / LIBRARY, "-Wl,-rpath,$ORIGIN", "-o", extension],
            check=True,
        )
        build_data["pure_python"] = False
        build_data["tag"] = f"cp311-abi3-{platform([extension, PACKAGE / LIBRARY])}"


def platform(files):
    """PEP 600: manylinux_X_Y for the newest version of glibc that the files ask for."""
    versions = [(2, 17)]
    for file in files:
        symbols = subprocess.run(["readelf", "-W", "--version-info", file], check=True, capture_output=True, text=True)
        versions += [tuple(map(int, found)) for found in re.findall(r"GLIBC_(\d+)\.(\d+)", symbols.stdout)]
    major, minor = max(versions)
    return f"manylinux_{major}_{minor}_{os.uname().machine}"
