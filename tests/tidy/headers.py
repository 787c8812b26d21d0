"""Headers that no source of their own proves to stand alone are compiled alone."""
import concurrent.futures, hashlib, json, os, pathlib, re, shlex, subprocess


def flags_of_folders(root):
    """How a source of each folder is compiled, from the first build that knows; nothing where none does."""
    builds = [root / "build" / "release", *sorted((root / "build").glob("*"))]
    for build in builds:
        database = build / "compile_commands.json"
        if not database.exists():
            continue
        flags = {}
        for entry in json.loads(database.read_text()):
            words = shlex.split(entry["command"])
            kept, take = [], False
            for word in words:
                if take or re.match(r"-(I|D|std=|isystem)", word):
                    kept.append(word)
                take = word == "-isystem"
            folder = pathlib.Path(entry["file"]).parent
            flags.setdefault(folder, kept)
        return flags
    return {}


def flags_for(path, flags, root):
    for folder in path.parents:
        if folder in flags:
            return flags[folder]
        if folder == root:
            break
    inside = [value for folder, value in flags.items() if folder.is_relative_to(path.parent)]
    return inside[0] if inside else None


def digest(file, by_name, seen):
    """Of the header and everything of the project that it includes."""
    if file.relative in seen:
        return ""
    seen.add(file.relative)
    inner = [digest(by_name[name], by_name, seen) for _, name, _ in file.includes() if name in by_name]
    return hashlib.sha256("".join([file.text, *inner]).encode()).hexdigest()


def compile_alone(file, flags):
    command = ["clang++-19", *flags, "-fsyntax-only", "-Wno-pragma-once-outside-header", "-x", "c++",
               str(file.path)]
    done = subprocess.run(command, capture_output=True, text=True)
    return next((line for line in done.stderr.splitlines() if "error:" in line), None) if done.returncode else None


def headers_stand_alone(tree):
    with_source = {file.relative.removesuffix(".cc") + ".h" for file in tree.sources() if not file.is_header}
    by_name = {file.include_name(): file for file in tree.files if file.is_header}
    flags = flags_of_folders(tree.root)
    if not flags:
        print("warning: no build has a compile_commands.json, so headers were not compiled alone")
        return
    cache = tree.root / "build" / "tidy"
    cache.mkdir(parents=True, exist_ok=True)
    todo = []
    for file in by_name.values():
        own_flags = flags_for(file.path, flags, tree.root)
        if file.relative in with_source or own_flags is None:
            continue
        key = hashlib.sha256((digest(file, by_name, set()) + " ".join(own_flags)).encode()).hexdigest()
        if not (cache / key).exists():
            todo.append((file, own_flags, cache / key))
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for (file, _, stamp), error in zip(todo, pool.map(lambda job: compile_alone(job[0], job[1]), todo)):
            if error:
                yield f"{file.relative}:1: does not compile alone: {error}"
            else:
                stamp.touch()
