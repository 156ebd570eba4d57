// Runs a program where some system calls fail: `tracees forbid NAME=ERRNO… -- PROGRAM ARG…`.
#define _GNU_SOURCE
#include "tracees.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

// A call, and where it says more than its number does, the value of one of its arguments.
static const struct {
  const char *name;
  unsigned number;
  int argument;  // its index; -1 for any arguments
  unsigned value;
} calls[] = {
    {"kcmp", SYS_kcmp, -1, 0},
    {"process_vm_readv", SYS_process_vm_readv, -1, 0},
    {"pidfd_getfd", SYS_pidfd_getfd, -1, 0},
    {"seccomp", SYS_seccomp, -1, 0},
    {"ptrace", SYS_ptrace, -1, 0},
    {"syscall_info", SYS_ptrace, 0, 0x420e},  // PTRACE_GET_SYSCALL_INFO
    {"sock_diag", SYS_socket, 0, 16},         // AF_NETLINK
    {"setns", SYS_setns, -1, 0},
};

static int forbid(const char *name, size_t length, unsigned error) {
  for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
    if (strlen(calls[i].name) != length || strncmp(calls[i].name, name, length)) continue;
    int argument = calls[i].argument < 0 ? 0 : calls[i].argument;
    unsigned offset = offsetof(struct seccomp_data, args) + 8u * (unsigned)argument;
    struct sock_filter steps[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, calls[i].number, 0, 3),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offset),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, calls[i].value, 0, calls[i].argument < 0 ? 0 : 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | error),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {sizeof steps / sizeof *steps, steps};
    return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
  }
  return -1;
}

int run_forbidden(int argc, char **argv) {
  if (argc < 2 || strcmp(argv[1], "forbid")) return -1;
  prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  int index = 2;
  for (; index < argc && strcmp(argv[index], "--"); index++) {
    const char *equals = strchr(argv[index], '=');
    if (!equals) return 64;
    if (forbid(argv[index], (size_t)(equals - argv[index]), (unsigned)atoi(equals + 1)) == -1) {
      perror(argv[index]);
      return 65;
    }
  }
  if (index + 1 < argc) execvp(argv[index + 1], argv + index + 1);
  perror("exec");
  return 66;
}
