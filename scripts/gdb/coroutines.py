"""gdb: who awaits a coroutine. Load with `source scripts/gdb/coroutines.py`; works at -O2.

    await-chain          from the innermost coroutine on this thread's stack; best at the beginning of a function
    await-chain FRAME    from a coroutine's frame: the address in a std::coroutine_handle, such as a TaskGroup's joiner_

One line each, innermost first: the frame's address and the function. A frame begins, as clang lays it out, with two
pointers (how to resume it, how to destroy it); the promise follows, and the first member of that of io::Task is
`continuation`, the coroutine that awaits this one. A chain ends in TaskGroup::run, which nobody awaits.
"""
import gdb

REGISTERS = ("rdi", "rbx", "rbp", "r12", "r13", "r14", "r15", "rax", "rcx", "rdx", "rsi")
PROMISE = 16  # bytes from the frame's beginning
DEPTH_MAX = 100


def word(address):
    return int.from_bytes(gdb.selected_inferior().read_memory(address, 8), "little")


def function_at(address):
    """Its name, and how far behind its beginning the address is; nothing where no function is there."""
    found = gdb.execute(f"info symbol {address:#x}", to_string=True).split(" in section ")[0]
    if "No symbol" in found:
        return None, 0
    name, _, offset = found.rpartition(" + ") if " + " in found else (found, "", "0")
    return name.strip(), int(offset)


def frame_on_stack():
    """The resume function of a coroutine keeps the frame's address in a register: the frame's first word is that function."""
    frame = gdb.selected_frame()
    while frame is not None:
        name, offset = function_at(frame.pc())
        if name and "[clone .resume]" in name:
            for register in REGISTERS:
                candidate = int(frame.read_register(register)) & (2**64 - 1)
                try:
                    if word(candidate) == frame.pc() - offset:
                        return candidate
                except gdb.MemoryError:
                    continue
        frame = frame.older()
    raise gdb.GdbError("no register of this stack holds a coroutine's frame: give its address")


class AwaitChain(gdb.Command):
    __doc__ = __doc__

    def __init__(self):
        super().__init__("await-chain", gdb.COMMAND_STACK)

    def invoke(self, argument, from_tty):
        frame = int(gdb.parse_and_eval(argument)) if argument else frame_on_stack()
        for depth in range(DEPTH_MAX):
            try:
                name, _ = function_at(word(frame))
            except gdb.MemoryError:
                name = None
            if name is None or "noop_coroutine" in name:
                return print(f"#{depth:<3} nobody" if name else f"#{depth:<3} {frame:#x} is no coroutine's frame, or it has ended")
            print(f"#{depth:<3} {frame:#x}  {name.replace(' [clone .resume]', '')}")
            frame = word(frame + PROMISE)


AwaitChain()
