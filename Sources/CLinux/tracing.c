#define _GNU_SOURCE
#include "CLinux.h"

#include <elf.h>
#include <errno.h>
#include <linux/kcmp.h>
#include <linux/seccomp.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/xattr.h>
#include <unistd.h>

const int clinux_ptrace_seize = PTRACE_SEIZE;
const int clinux_ptrace_syscall = PTRACE_SYSCALL;
const int clinux_ptrace_cont = PTRACE_CONT;
const int clinux_ptrace_detach = PTRACE_DETACH;
const int clinux_ptrace_listen = PTRACE_LISTEN;
const int clinux_ptrace_interrupt = PTRACE_INTERRUPT;

long clinux_ptrace(int request, pid_t tid, uintptr_t addr, uintptr_t data) {
  long result = ptrace(request, tid, (void *)addr, (void *)data);
  return result == -1 ? -errno : result;
}

long clinux_ptrace_syscall_info(pid_t tid, struct clinux_syscall_info *info) {
  struct __ptrace_syscall_info raw;
  memset(&raw, 0, sizeof raw);
  if (ptrace(PTRACE_GET_SYSCALL_INFO, tid, (void *)sizeof raw, &raw) == -1) return -errno;
  memset(info, 0, sizeof *info);
  info->op = raw.op;
  info->arch = raw.arch;
  info->instruction_pointer = raw.instruction_pointer;
  info->stack_pointer = raw.stack_pointer;
  switch (raw.op) {
  case PTRACE_SYSCALL_INFO_ENTRY:
    info->number = raw.entry.nr;
    memcpy(info->arguments, raw.entry.args, sizeof info->arguments);
    break;
  case PTRACE_SYSCALL_INFO_SECCOMP:
    info->number = raw.seccomp.nr;
    memcpy(info->arguments, raw.seccomp.args, sizeof info->arguments);
    info->mark = raw.seccomp.ret_data;
    break;
  case PTRACE_SYSCALL_INFO_EXIT:
    info->result = raw.exit.rval;
    info->is_error = raw.exit.is_error;
    break;
  }
  return 0;
}

#if !defined(__x86_64__)
static long get_registers(pid_t tid, struct user_regs_struct *registers) {
  struct iovec all = {registers, sizeof *registers};
  return ptrace(PTRACE_GETREGSET, tid, NT_PRSTATUS, &all);
}

static long set_registers(pid_t tid, struct user_regs_struct *registers) {
  struct iovec all = {registers, sizeof *registers};
  return ptrace(PTRACE_SETREGSET, tid, NT_PRSTATUS, &all);
}
#endif

long clinux_ptrace_refuse_call(pid_t tid, int error) {
#if defined(__x86_64__)
  long result = ptrace(PTRACE_POKEUSER, tid, offsetof(struct user, regs.orig_rax), -1L);
  if (result == 0)
    result = ptrace(PTRACE_POKEUSER, tid, offsetof(struct user, regs.rax), -(long)error);
#else
  int number = -1;
  struct iovec call = {&number, sizeof number};
  struct user_regs_struct registers;
  long result = ptrace(PTRACE_SETREGSET, tid, NT_ARM_SYSTEM_CALL, &call);
  if (result == 0) result = get_registers(tid, &registers);
  if (result == 0) {
    registers.regs[0] = (unsigned long)-(long)error;
    result = set_registers(tid, &registers);
  }
#endif
  return result == -1 ? -errno : 0;
}

long clinux_ptrace_set_argument(pid_t tid, int index, uint64_t value, bool compat) {
#if defined(__x86_64__)
  // The third and the fourth argument (syscall(2), "Architecture calling conventions").
  size_t fourth = compat ? offsetof(struct user, regs.rsi) : offsetof(struct user, regs.r10);
  if (index != 2 && index != 3) return -EINVAL;
  size_t place = index == 2 ? offsetof(struct user, regs.rdx) : fourth;
  long result = ptrace(PTRACE_POKEUSER, tid, place, value);
#else
  (void)compat;
  if (index != 2 && index != 3) return -EINVAL;
  struct user_regs_struct registers;
  long result = get_registers(tid, &registers);
  if (result == 0) {
    registers.regs[index] = value;
    result = set_registers(tid, &registers);
  }
#endif
  return result == -1 ? -errno : 0;
}

long clinux_ptrace_stack_pointer(pid_t tid, uint64_t *pointer) {
#if defined(__x86_64__)
  errno = 0;
  *pointer = (uint64_t)ptrace(PTRACE_PEEKUSER, tid, offsetof(struct user, regs.rsp), 0);
  return errno == 0 ? 0 : -errno;
#else
  struct user_regs_struct registers;
  if (get_registers(tid, &registers) == -1) return -errno;
  *pointer = registers.sp;
  return 0;
#endif
}

long clinux_ptrace_event_message(pid_t tid, unsigned long *message) {
  return ptrace(PTRACE_GETEVENTMSG, tid, 0, message) == -1 ? -errno : 0;
}

pid_t clinux_own_thread(void) { return gettid(); }

long clinux_kcmp_tables(pid_t pid1, pid_t pid2) {
  long result = syscall(SYS_kcmp, pid1, pid2, KCMP_FILES, 0L, 0L);
  return result == -1 ? -errno : result;
}

long clinux_kcmp_file(pid_t pid1, pid_t pid2, int fd1, int fd2) {
  long result = syscall(SYS_kcmp, pid1, pid2, KCMP_FILE, (long)fd1, (long)fd2);
  return result == -1 ? -errno : result;
}

int clinux_watch_file(int copy) {
  int watch = epoll_create1(EPOLL_CLOEXEC);
  if (watch == -1) return -errno;
  struct epoll_event nothing = {0};
  if (epoll_ctl(watch, EPOLL_CTL_ADD, copy, &nothing) == 0) return watch;
  int error = errno;
  close(watch);
  return -error;
}

long clinux_kcmp_watched(pid_t pid, int fd, int watch, int number) {
  struct kcmp_epoll_slot slot = {.efd = (unsigned)watch, .tfd = (unsigned)number};
  long result = syscall(SYS_kcmp, pid, getpid(), KCMP_EPOLL_TFD, (long)fd, &slot);
  return result == -1 ? -errno : result;
}

int clinux_can_trace_by_filter(void) {
  uint32_t action = SECCOMP_RET_TRACE;
  return syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == -1 ? -errno : 0;
}

ssize_t clinux_socket_protocol(const char *path, char *name, size_t count) {
  return getxattr(path, "system.sockprotoname", name, count);
}

int clinux_descriptor_limit(pid_t pid, uint64_t lower, uint64_t *before) {
  struct rlimit limit, wanted;
  if (prlimit(pid, RLIMIT_NOFILE, NULL, &limit) == -1) return -errno;
  wanted = (struct rlimit){.rlim_cur = lower, .rlim_max = limit.rlim_max};
  if (prlimit(pid, RLIMIT_NOFILE, &wanted, NULL) == -1) return -errno;
  *before = limit.rlim_cur;
  return 0;
}

int clinux_pidfd_open(pid_t pid) {
  long result = syscall(SYS_pidfd_open, pid, 0);
  return result == -1 ? -errno : (int)result;
}

int clinux_pidfd_getfd(int pidfd, int fd) {
  long result = syscall(SYS_pidfd_getfd, pidfd, fd, 0);
  return result == -1 ? -errno : (int)result;
}

ssize_t clinux_read_memory(pid_t pid, uintptr_t address, void *buffer, size_t count) {
  struct iovec local = {buffer, count};
  struct iovec remote = {(void *)address, count};
  ssize_t got = process_vm_readv(pid, &local, 1, &remote, 1, 0);
  return got < 0 ? -errno : got;
}
