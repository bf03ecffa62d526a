// SPDX-License-Identifier: Apache-2.0

import CKawela

/// System calls that no part of this program makes, and that an attacker who runs code in it would begin with: other
/// programs, other processes, mounts, namespaces, other identities, the kernel's own code, kernel interfaces with a history
/// of holes. One of them ends the process. Anything else that is not allowed fails with EPERM.
let deadlyCalls: [SystemCall] =
    [
        // Other programs and processes.
        SystemCall("execve", SYS_execve), SystemCall("execveat", SYS_execveat),
        SystemCall("ptrace", SYS_ptrace), SystemCall("process_vm_readv", SYS_process_vm_readv),
        SystemCall("process_vm_writev", SYS_process_vm_writev), SystemCall("process_madvise", SYS_process_madvise),
        SystemCall("pidfd_open", SYS_pidfd_open), SystemCall("pidfd_getfd", SYS_pidfd_getfd),
        SystemCall("personality", SYS_personality),
        // Identities.
        SystemCall("setuid", SYS_setuid), SystemCall("setgid", SYS_setgid), SystemCall("setreuid", SYS_setreuid),
        SystemCall("setregid", SYS_setregid), SystemCall("setresuid", SYS_setresuid),
        SystemCall("setresgid", SYS_setresgid), SystemCall("setfsuid", SYS_setfsuid),
        SystemCall("setfsgid", SYS_setfsgid),
        SystemCall("setgroups", SYS_setgroups), SystemCall("capset", SYS_capset),
        // Mounts and namespaces.
        SystemCall("mount", SYS_mount), SystemCall("umount2", SYS_umount2), SystemCall("pivot_root", SYS_pivot_root),
        SystemCall("chroot", SYS_chroot), SystemCall("move_mount", SYS_move_mount), SystemCall("fsopen", SYS_fsopen),
        SystemCall("fsconfig", SYS_fsconfig), SystemCall("fsmount", SYS_fsmount), SystemCall("fspick", SYS_fspick),
        SystemCall("open_tree", SYS_open_tree), SystemCall("mount_setattr", SYS_mount_setattr),
        SystemCall("unshare", SYS_unshare), SystemCall("setns", SYS_setns),
        SystemCall("name_to_handle_at", SYS_name_to_handle_at), SystemCall("open_by_handle_at", SYS_open_by_handle_at),
        // The kernel and the machine.
        SystemCall("init_module", SYS_init_module), SystemCall("finit_module", SYS_finit_module),
        SystemCall("delete_module", SYS_delete_module), SystemCall("kexec_load", SYS_kexec_load),
        SystemCall("kexec_file_load", SYS_kexec_file_load), SystemCall("reboot", SYS_reboot),
        SystemCall("swapon", SYS_swapon), SystemCall("swapoff", SYS_swapoff), SystemCall("acct", SYS_acct),
        SystemCall("quotactl", SYS_quotactl), SystemCall("syslog", SYS_syslog),
        SystemCall("settimeofday", SYS_settimeofday), SystemCall("clock_settime", SYS_clock_settime),
        SystemCall("clock_adjtime", SYS_clock_adjtime), SystemCall("adjtimex", SYS_adjtimex),
        SystemCall("sethostname", SYS_sethostname), SystemCall("setdomainname", SYS_setdomainname),
        // Interfaces that have had many holes.
        SystemCall("bpf", SYS_bpf), SystemCall("perf_event_open", SYS_perf_event_open),
        SystemCall("userfaultfd", SYS_userfaultfd), SystemCall("io_uring_setup", SYS_io_uring_setup),
        SystemCall("io_uring_enter", SYS_io_uring_enter), SystemCall("io_uring_register", SYS_io_uring_register),
        SystemCall("add_key", SYS_add_key), SystemCall("request_key", SYS_request_key),
        SystemCall("keyctl", SYS_keyctl),
    ] + deadlyOnThisProcessor

#if arch(x86_64)
    private let deadlyOnThisProcessor = [
        SystemCall("fork", SYS_fork), SystemCall("vfork", SYS_vfork), SystemCall("iopl", SYS_iopl),
        SystemCall("ioperm", SYS_ioperm), SystemCall("modify_ldt", SYS_modify_ldt),
    ]
#else
    private let deadlyOnThisProcessor: [SystemCall] = []
#endif
