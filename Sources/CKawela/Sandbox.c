/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "CKawela.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

// The calls behind KawelaDaemon/Sandbox, which has the policy. Nothing here decides what is allowed.

#if defined(__x86_64__)
enum { own_architecture = AUDIT_ARCH_X86_64 };
#elif defined(__aarch64__)
enum { own_architecture = AUDIT_ARCH_AARCH64 };
#else
enum { own_architecture = 0 };
#endif

_Static_assert(KW_CALL_ALLOWED == SECCOMP_RET_ALLOW && KW_CALL_LOGGED == SECCOMP_RET_LOG, "actions of seccomp");
_Static_assert(KW_CALL_KILLS == SECCOMP_RET_KILL_PROCESS && KW_CALL_FAILS == SECCOMP_RET_ERRNO, "actions of seccomp");

// MARK: Privileges

int kw_no_new_privileges(void) { return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); }

int kw_drop_capabilities(void) {
    // Taking one out of the bounding set needs CAP_SETPCAP; without that the set means nothing either, as nothing can
    // be gained any more.
    for (unsigned long capability = 0; prctl(PR_CAPBSET_READ, capability) >= 0; capability++)
        prctl(PR_CAPBSET_DROP, capability, 0, 0, 0);
    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {{0}};
    return (int)syscall(SYS_capset, &header, none);
}

void kw_close_on_exec_from(unsigned first) {
    enum { close_on_exec = 4 };  // CLOSE_RANGE_CLOEXEC, Linux 5.11.
    syscall(SYS_close_range, first, ~0U, close_on_exec);
}

// MARK: Landlock, of which older headers know less

struct ruleset_attributes {
    uint64_t files, network, scopes;
};

struct path_rule {
    uint64_t rights;
    int32_t parent;
} __attribute__((packed));

// Every right that `version` knows.
static uint64_t known_rights(int version) {
    uint64_t rights = (1 << 13) - 1;                        // Up to MAKE_SYM.
    if (version >= 2) rights |= 1 << 13;                    // REFER
    if (version >= 3) rights |= KW_PATH_TRUNCATE;
    if (version >= 5) rights |= KW_PATH_CONTROL_DEVICES;
    return rights;
}

int kw_landlock_version(void) {
    enum { version_wanted = 1 };
    return (int)syscall(SYS_landlock_create_ruleset, NULL, 0, version_wanted);
}

int kw_landlock_create(int version) {
    struct ruleset_attributes attributes = {.files = known_rights(version)};
    size_t size = sizeof attributes.files;
    if (version >= 4) {
        attributes.network = 3;  // BIND_TCP, CONNECT_TCP
        size += sizeof attributes.network;
    }
    if (version >= 6) {
        attributes.scopes = 3;  // ABSTRACT_UNIX_SOCKET, SIGNAL
        size += sizeof attributes.scopes;
    }
    return (int)syscall(SYS_landlock_create_ruleset, &attributes, size, 0);
}

int kw_landlock_allow(int ruleset, int version, const char *path, uint64_t rights) {
    int fd = open(path, O_PATH | O_CLOEXEC);
    if (fd < 0) return -1;
    struct stat status;
    struct path_rule rule = {.rights = rights & known_rights(version), .parent = fd};
    enum { rule_path_beneath = 1 };
    int result = fstat(fd, &status);
    if (result == 0 && !S_ISDIR(status.st_mode)) rule.rights &= KW_PATH_RIGHTS_OF_FILES;
    if (result == 0) result = (int)syscall(SYS_landlock_add_rule, ruleset, rule_path_beneath, &rule, 0);
    int saved = errno;
    close(fd);
    errno = saved;
    return result;
}

int kw_landlock_allow_connecting(int ruleset, int version, uint16_t port) {
    if (version < 4) return 0;
    struct {
        uint64_t rights, port;
    } rule = {.rights = 2, .port = port};  // CONNECT_TCP
    enum { rule_net_port = 2 };
    return (int)syscall(SYS_landlock_add_rule, ruleset, rule_net_port, &rule, 0);
}

int kw_landlock_restrict(int ruleset) { return (int)syscall(SYS_landlock_restrict_self, ruleset, 0); }

// MARK: seccomp

enum { call_number = offsetof(struct seccomp_data, nr), call_architecture = offsetof(struct seccomp_data, arch) };
enum { x32_bit = 0x40000000 };

struct program {
    struct sock_filter *code;
    size_t count, capacity;
};

static void add(struct program *program, struct sock_filter instruction) {
    if (program->count < program->capacity) program->code[program->count] = instruction;
    program->count++;
}

static void add_load(struct program *program, uint32_t offset) {
    add(program, (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offset));
}

// `test` is BPF_JEQ, BPF_JGT or BPF_JSET; the next `skipped` instructions are for when it holds.
static void add_test(struct program *program, uint16_t test, uint32_t value, size_t skipped) {
    add(program, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_K | test, value, 0, (uint8_t)skipped));
}

static void add_answer(struct program *program, uint32_t answer) {
    add(program, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, answer));
}

// The low half of an argument: what the kernel takes of an int, and where flags are. Hosts are little-endian.
static uint32_t low_half(unsigned argument) {
    return (uint32_t)(offsetof(struct seccomp_data, args) + argument * sizeof(uint64_t));
}

enum { row_length = 4 };

static void add_row(struct program *program, const struct kw_call_row *row) {
    if (row->mask != 0) {
        add_load(program, low_half(row->argument));
        add(program, (struct sock_filter)BPF_STMT(BPF_ALU | BPF_AND | BPF_K, row->mask));
        add_test(program, BPF_JEQ, row->value, 1);
    }
    add_answer(program, row->answer);
}

static size_t length(const struct kw_call_row *row) { return row->mask != 0 ? row_length : 1; }

// A load replaces the number, but what is skipped to comes only when the number was another.
static void add_calls(struct program *program, const struct kw_call_row *rows, size_t count) {
    for (size_t first = 0, next; first < count; first = next) {
        size_t skipped = 0;
        for (next = first; next < count && rows[next].number == rows[first].number; next++)
            skipped += length(&rows[next]);
        add_test(program, BPF_JEQ, (uint32_t)rows[first].number, skipped);
        for (size_t row = first; row < next; row++) add_row(program, &rows[row]);
    }
}

static void build(struct program *program, const struct kw_call_row *rows, size_t count,
                  const struct kw_call_defaults *others) {
    add_load(program, call_architecture);
    add(program, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, own_architecture, 1, 0));
    add_answer(program, others->foreign);
    add_load(program, call_number);
#if defined(__x86_64__)
    add_test(program, BPF_JSET, x32_bit, 1);
    add_answer(program, others->foreign);
#endif
    add_test(program, BPF_JGT, (uint32_t)others->newest, 1);
    add_answer(program, others->newer);
    add_calls(program, rows, count);
    add_answer(program, others->unlisted);
}

int kw_filter_calls(const struct kw_call_row *rows, size_t count, const struct kw_call_defaults *others) {
    if (own_architecture == 0) {
        errno = ENOSYS;
        return -1;
    }
    struct sock_filter code[BPF_MAXINSNS];
    struct program program = {.code = code, .capacity = BPF_MAXINSNS};
    build(&program, rows, count, others);
    if (program.count > program.capacity) {
        errno = E2BIG;
        return -1;
    }
    struct sock_fprog filter = {.len = (unsigned short)program.count, .filter = code};
    // Without this flag, kernels before 5.16 slow the thread down by mitigations against code that it is made to run.
    return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_SPEC_ALLOW, &filter);
}

bool kw_has_filters(void) {
    uint32_t action = SECCOMP_RET_KILL_PROCESS;
    return own_architecture != 0 && syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0;
}
