"""What the Linux kernel can forbid a process by its own wish: files (Landlock) and system calls (seccomp).

Both work without privileges, also in containers, and can not be undone by the process. Where
the kernel or the machine's type lacks one, the functions return False and the audit hook of
``sandbox_child`` stands alone.

Sources: linux/landlock.h, linux/seccomp.h, linux/filter.h; the numbers are the kernel's ABI.
"""

from __future__ import annotations

import ctypes
import os
import platform
import struct
from collections.abc import Sequence
from pathlib import Path

PR_SET_NO_NEW_PRIVS = 38
PR_SET_DUMPABLE = 4
PR_GET_SECCOMP = 21

# landlock.h: rights over files, by the version of the interface that brought them
EXECUTE, WRITE_FILE, READ_FILE, READ_DIR = 1, 2, 4, 8
RIGHTS_1 = (1 << 13) - 1
REFER, TRUNCATE, IOCTL_DEV = 1 << 13, 1 << 14, 1 << 15
CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446

# name -> (x86_64, aarch64), None where the machine has no such call
CALLS: dict[str, tuple[int | None, int | None]] = {
    "fork": (57, None), "vfork": (58, None), "execve": (59, 221), "execveat": (322, 281),
    "socket": (41, 198), "socketpair": (53, 199), "connect": (42, 203), "bind": (49, 200),
    "listen": (50, 201), "accept": (43, 202), "accept4": (288, 242), "sendto": (44, 206),
    "sendmsg": (46, 211), "ptrace": (101, 117), "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271), "pidfd_open": (434, 434), "pidfd_send_signal": (424, 424),
    "pidfd_getfd": (438, 438), "rt_sigqueueinfo": (129, 138), "rt_tgsigqueueinfo": (297, 240),
    "setrlimit": (160, 164), "mount": (165, 40), "umount2": (166, 39), "pivot_root": (155, 41),
    "chroot": (161, 51), "unshare": (272, 97), "setns": (308, 268), "reboot": (169, 142),
    "swapon": (167, 224), "swapoff": (168, 225), "init_module": (175, 105),
    "finit_module": (313, 273), "delete_module": (176, 106), "kexec_load": (246, 104),
    "bpf": (321, 280), "perf_event_open": (298, 241), "userfaultfd": (323, 282),
    "io_uring_setup": (425, 425), "keyctl": (250, 219), "add_key": (248, 217),
    "request_key": (249, 218), "sethostname": (170, 161), "settimeofday": (164, 170),
    "clock_settime": (227, 112), "setpriority": (141, 140), "setsid": (112, 157),
    "setpgid": (109, 154), "mknod": (133, None), "mknodat": (259, 33), "chown": (92, None),
    "fchownat": (260, 54), "fchmod": (91, 52), "fchown": (93, 55), "memfd_create": (319, 279),
    "setuid": (105, 146), "setgid": (106, 144), "shmget": (29, 194),
    "msgget": (68, 186),
}  # fmt: skip
KILL, TKILL, TGKILL = (62, 129), (200, 130), (234, 131)
CLONE, CLONE3, PRLIMIT = (56, 220), (435, 435), (302, 261)
ARCHITECTURES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}
CLONE_THREAD = 0x10000
EPERM, ENOSYS = 1, 38
SECCOMP = (317, 277)


class _Filter(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("code", ctypes.c_void_p))


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def restrict_files(readable: Sequence[str], writable: Sequence[str]) -> bool:
    """From now on only files below ``readable`` can be read and below ``writable`` be changed.

    Holds for this thread and those it starts, so it is called before any other thread runs.
    """
    libc = _libc()
    libc.syscall.restype = ctypes.c_long
    version = libc.syscall(CREATE_RULESET, None, 0, 1)
    if version < 1:
        return False
    handled = RIGHTS_1
    for since, right in ((2, REFER), (3, TRUNCATE), (5, IOCTL_DEV)):
        if version >= since:
            handled |= right
    attributes = ctypes.create_string_buffer(struct.pack("=Q", handled), 8)
    ruleset = libc.syscall(CREATE_RULESET, attributes, 8, 0)
    if ruleset < 0:
        return False
    read = EXECUTE | READ_FILE | READ_DIR
    # devices are for reading and for /dev/null
    devices = [("/dev/null", READ_FILE | WRITE_FILE)]
    rules = [*((p, read) for p in readable), *((p, handled) for p in writable), *devices]
    try:
        for path, rights in rules:
            _allow(libc, ruleset, path, rights & handled)
        if libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
            return False
        return bool(libc.syscall(RESTRICT_SELF, ruleset, 0) == 0)
    finally:
        os.close(ruleset)


def _allow(libc: ctypes.CDLL, ruleset: int, path: str, rights: int) -> None:
    try:
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return  # what does not exist needs no rule
    try:
        if not Path(path).is_dir():
            rights &= EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | IOCTL_DEV
        rule = ctypes.create_string_buffer(struct.pack("=Qi", rights, descriptor), 12)
        libc.syscall(ADD_RULE, ruleset, 1, rule, 0)
    finally:
        os.close(descriptor)


def can_filter() -> bool:
    """Whether this kernel and machine filter system calls."""
    return platform.machine() in ARCHITECTURES and _libc().prctl(PR_GET_SECCOMP, 0, 0, 0, 0) >= 0


def filter_calls() -> bool:
    """From now on no new process, no network, no signal to others, no raised limit: EPERM. All threads."""
    if platform.machine() not in ARCHITECTURES:
        return False
    column, architecture = ARCHITECTURES[platform.machine()]
    libc = _libc()
    libc.syscall.restype = ctypes.c_long
    code = _program(column, architecture, os.getpid())
    buffer = ctypes.create_string_buffer(code, len(code))
    program = _Filter(len(code) // 8, ctypes.cast(buffer, ctypes.c_void_p))
    if libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        return False
    return bool(libc.syscall(SECCOMP[column], 1, 1, ctypes.byref(program)) == 0)


def _program(column: int, architecture: int, pid: int) -> bytes:
    """The filter as classic BPF: each call that is not for exercises returns an error number."""
    load, equal, bits, give = 0x20, 0x15, 0x45, 0x06  # ld [k]; jeq; jset; ret
    allow, errno, kill = 0x7FFF0000, 0x00050000, 0x80000000
    number, arch, first, third = 0, 4, 16, 32  # offsets in struct seccomp_data
    program: list[tuple[int, int, int, int]] = []

    def add(code: int, yes: int, no: int, k: int) -> None:
        program.append((code, yes, no, k))

    add(load, 0, 0, arch)
    add(equal, 1, 0, architecture)
    add(give, 0, 0, kill)
    add(load, 0, 0, number)
    if column == 0:
        # the x32 interface has numbers of its own for the same calls
        add(bits, 0, 1, 0x40000000)
        add(give, 0, 0, errno | EPERM)
    for numbers in CALLS.values():
        call = numbers[column]
        if call is not None:
            add(equal, 0, 1, call)
            add(give, 0, 0, errno | EPERM)
    # glibc falls back to clone, whose flags can be read
    add(equal, 0, 1, CLONE3[column])
    add(give, 0, 0, errno | ENOSYS)
    # a thread is fine, a process is not
    add(equal, 0, 4, CLONE[column])
    add(load, 0, 0, first)
    add(bits, 0, 1, CLONE_THREAD)
    add(give, 0, 0, allow)
    add(give, 0, 0, errno | EPERM)
    # asking for a limit is fine, setting one is not (the low half of the pointer tells)
    add(equal, 0, 4, PRLIMIT[column])
    add(load, 0, 0, third)
    add(equal, 0, 1, 0)
    add(give, 0, 0, allow)
    add(give, 0, 0, errno | EPERM)
    add(equal, 0, 1, TKILL[column])
    add(give, 0, 0, errno | EPERM)
    # signals to oneself, such as abort, are fine
    for call in (KILL[column], TGKILL[column]):
        add(equal, 0, 4, call)
        add(load, 0, 0, first)
        add(equal, 0, 1, pid)
        add(give, 0, 0, allow)
        add(give, 0, 0, errno | EPERM)
    add(give, 0, 0, allow)
    return b"".join(struct.pack("=HBBI", *row) for row in program)
