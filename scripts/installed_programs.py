"""The programs that scripts/install-dependencies brings, and no others, as a folder of links to search for commands.

With that folder as their PATH the tests find nothing that happens to be on a machine: no Node of nvm, no Python of pyenv, nothing
out of /usr/local/bin, and no Debian package that nobody is told to install. What is missing there is missing on a new machine.
"""
import os
import pathlib
import re
import shutil
import subprocess

ROOT = pathlib.Path(__file__).resolve().parent.parent
FOLDERS = ("/usr/sbin", "/usr/bin", "/sbin", "/bin")
# For Debian's npm alone; the Node that tests run is that of scripts/npm.
HIDDEN = frozenset({"node", "nodejs"})
# Variables by which programs and modules of elsewhere would come in all the same.
LEADING_ELSEWHERE = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "NODE_PATH", "NODE_OPTIONS", "PERL5LIB", "LD_PRELOAD",
                     "LD_LIBRARY_PATH", "BASH_ENV", "ENV")


def needed():
    """(package, command) of everything that the tests are told to install; command "-": Debian's package has to be there."""
    command = [str(ROOT / "scripts" / "install-dependencies"), "--tests", "--names"]
    lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    return [tuple(line.split()) for line in lines]


class Database:
    """What dpkg knows of the packages that are installed below `root`."""

    def __init__(self, root="/"):
        self.root = pathlib.Path(root)
        self.depends = {}  # package: groups of alternatives
        self.always = set()  # what every Debian has
        self.provided = {}  # virtual package: who provides it
        fields = ["Package", "db:Status-Status", "Essential", "Priority", "Provides", "Pre-Depends", "Depends"]
        for line in self._query("-W", "-f", "\t".join(f"${{{field}}}" for field in fields) + "\n").splitlines():
            name, status, essential, priority, provides, *depends = line.split("\t")
            if status != "installed":
                continue
            groups = [group.split("|") for text in depends for group in text.split(",") if group.strip()]
            self.depends[name] = [[bare_name(one) for one in group] for group in groups]
            if essential == "yes" or priority == "required":
                self.always.add(name)
            for virtual in filter(None, map(bare_name, provides.split(","))):
                self.provided.setdefault(virtual, []).append(name)

    def _query(self, *arguments):
        command = ["dpkg-query", f"--admindir={self.root}/var/lib/dpkg", *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout

    def closure(self, packages):
        """The packages, what every Debian has, and what all of these depend on."""
        found, open_ = set(), [*sorted(self.always), *packages]
        while open_:
            name = open_.pop()
            if name in found or name not in self.depends:
                continue
            found.add(name)
            for group in self.depends[name]:
                candidates = [one for wanted in group for one in ([wanted] if wanted in self.depends else
                                                                  self.provided.get(wanted, []))]
                if candidates and not found.intersection(candidates):
                    open_.append(next((one for one in candidates if one in self.always), candidates[0]))
        return found

    def files(self, packages):
        """Every path that belongs to one of the packages."""
        lines = self._query("-L", *sorted(packages)).splitlines() if packages else []
        return {self._merged(line) for line in lines if line.startswith("/")}

    def _merged(self, path):
        """/bin/sh is /usr/bin/sh where /bin is a link to /usr/bin."""
        first = "/" + path.split("/", 2)[1]
        return f"/usr{path}" if (self.root / first[1:]).is_symlink() and not path.startswith("/usr/") else path

    def owner(self, path):
        """The package that brought a file, or None."""
        try:
            return bare_name(self._query("-S", path).partition(": ")[0].split(",")[0])
        except subprocess.CalledProcessError:
            return None

    def programs(self, packages):
        """Name to path of the commands of these packages, also of those that update-alternatives chose."""
        files = self.files(packages)
        found = {}
        for folder in FOLDERS:
            inside = self.root / folder[1:]
            for name in sorted(os.listdir(inside) if inside.is_dir() else []):
                path = chosen = f"{folder}/{name}"
                if (inside / name).is_symlink() and os.readlink(inside / name).startswith("/etc/alternatives/"):
                    chosen = os.readlink(self.root / os.readlink(inside / name)[1:])
                place = self.root / chosen[1:]
                if self._merged(chosen) in files and os.access(place, os.X_OK) and not place.is_dir():
                    found.setdefault(name, path)
        return found


def bare_name(text):
    """`libc6:amd64 (>= 2.34)` without architecture and version."""
    return re.sub(r"[\s(:].*", "", text.strip())


def choose(database, wanted, which=shutil.which):
    """Name to path of every program, and by command what stands for packages that are not installed as such."""
    packages, strangers = [], {}
    for package, command in wanted:
        if package in database.depends:
            packages.append(package)
            continue
        place = which(command) if command != "-" else None
        if place is None:
            raise FileNotFoundError(f"{package} is not installed: scripts/install-dependencies --tests")
        strangers[command] = place
        packages += filter(None, [database.owner(place)])
    return strangers | database.programs(database.closure(packages)), strangers


def lay_out(programs, folder):
    """Links in `folder`. A script of a hidden interpreter is started with that, without its being found by anybody else."""
    for name, path in programs.items():
        if name in HIDDEN:
            continue
        with open(path, "rb") as file:
            asked = re.match(rb"#!\s*/usr/bin/env (\w+)\s*\n", file.readline(100))
        interpreter = asked[1].decode() if asked else ""
        if interpreter in HIDDEN:
            at = programs.get(interpreter) or shutil.which(interpreter)
            (folder / name).write_text(f'#!/bin/sh\nexec "{at}" "{path}" "$@"\n')
            (folder / name).chmod(0o755)
        else:
            (folder / name).symlink_to(path)


def narrowed(environment, folder):
    """`environment`, with the programs of `folder` alone."""
    return {name: value for name, value in environment.items() if name not in LEADING_ELSEWHERE} | {"PATH": str(folder)}
