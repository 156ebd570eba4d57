#pragma once

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <termios.h>

// What Swift cannot say: variadic calls (ptrace, prctl, syscall), the wait macros, what must run
// between fork and exec, and what must run inside a signal handler. Every function returns
// -errno where it fails and never touches the caller's errno otherwise.

// ---- ptrace(2) ----

// `addr` and `data` are what the request says they are; numbers are passed as numbers.
long clinux_ptrace(int request, pid_t tid, uintptr_t addr, uintptr_t data);

// `struct __ptrace_syscall_info` without its union, which Swift imports as overlapping tuples.
struct clinux_syscall_info {
  uint8_t op;  // PTRACE_SYSCALL_INFO_NONE, _ENTRY, _EXIT, _SECCOMP
  bool is_error;
  uint32_t arch;  // AUDIT_ARCH_*
  uint32_t mark;  // SECCOMP_RET_DATA of the filter that asked for the stop
  uint64_t number;
  uint64_t arguments[6];
  int64_t result;
  uint64_t instruction_pointer;
  uint64_t stack_pointer;
};
long clinux_ptrace_syscall_info(pid_t tid, struct clinux_syscall_info *info);

// Makes the call that a thread is about to enter fail with an error. Registers are the machine's
// own, and have other names on each.
long clinux_ptrace_refuse_call(pid_t tid, int error);
// Sets the third (index 2) or fourth argument of the call; `compat`: by the calls of i386.
long clinux_ptrace_set_argument(pid_t tid, int index, uint64_t value, bool compat);
long clinux_ptrace_stack_pointer(pid_t tid, uint64_t *pointer);

// The message of the last PTRACE_EVENT stop.
long clinux_ptrace_event_message(pid_t tid, unsigned long *message);

extern const int clinux_ptrace_seize, clinux_ptrace_syscall, clinux_ptrace_cont,
    clinux_ptrace_detach, clinux_ptrace_listen, clinux_ptrace_interrupt;

// ---- wait(2) ----

struct clinux_wait {
  pid_t tid;  // 0: nothing to report
  enum { CLINUX_EXITED = 1, CLINUX_KILLED, CLINUX_STOPPED, CLINUX_OTHER } kind;
  int value;  // exit status, or signal
  int event;  // PTRACE_EVENT_* of a stop
};

// One report about a child or tracee of the calling thread alone (__WNOTHREAD). Waits for nothing,
// or, where `sleeps`, for a report or a tick of the thread's timer.
int clinux_wait_any(struct clinux_wait *report, bool sleeps);

// A timer that interrupts the calling thread now and again while it sleeps in clinux_wait_any,
// since wait(2) has no timeout. Returns its number, or -errno; it does not run yet.
int clinux_ticks_make(void);
// Starts it, or stops it where the time between two ticks is 0.
void clinux_ticks_set(int timer, int microseconds);
void clinux_ticks_remove(int timer);

// A close-on-exec, non-blocking eventfd(2), which Glibc's module leaves out.
int clinux_eventfd(void);
// The process's SIGCHLD handler writes to each registered eventfd. A tracer can then sleep in one
// poll that wakes for stops and for commands alike. Returns a slot, or -errno.
int clinux_child_wake_add(int eventfd);
void clinux_child_wake_remove(int slot);
// Blocks a signal for the calling thread and the threads it starts from now on. SIGCHLD is let in
// by clinux_sleep alone: a tracer that is busy anyway need not be told of each stop by a signal.
void clinux_block_signal(int number);
// What we launch gets the calling thread's mask of now, rather than an empty one: what blocked a
// signal for us meant it for the program.
void clinux_keep_mask_for_programs(void);
// Stops the process by a signal whose handler it has put aside meanwhile; returns when it goes on.
void clinux_stop_ourselves(int number);
// poll(2) with SIGCHLD let in; Glibc's module leaves ppoll out.
int clinux_sleep(struct pollfd *requests, unsigned long count, int milliseconds);

// ---- processes ----

// `struct sock_filter` (linux/filter.h), whose header Swift's importer does not take.
struct clinux_filter_step {
  uint16_t code;
  uint8_t if_true, if_false;
  uint32_t k;
};

struct clinux_spawn {
  const char *path;
  char *const *argv;
  char *const *envp;
  // A seccomp filter whose SECCOMP_RET_TRACE stops the program for us; none when the count is 0.
  const struct clinux_filter_step *filter;
  unsigned short filter_count;
  bool close_inherited;  // nothing above 2 reaches the program
  int terminal;  // becomes controlling terminal and 0, 1, 2; -1 keeps the caller's
  const int *given;  // become 3, 4, …
  int given_count;
};

// Forks. The child waits before exec until a byte is written to *go, and reports a failed exec's
// errno on *failure (end of file: exec succeeded). Both are close-on-exec.
pid_t clinux_spawn_held(const struct clinux_spawn *spawn, int *go, int *failure);

// socket(2) in the network namespace of a process: a child of ours goes there, as a thread that
// shares its files cannot enter the user namespace that may be needed for it (setns(2)).
int clinux_socket_in_network_of(pid_t pid, int family, int type, int protocol);

// The calling thread (gettid(2)), by which the kernel names a tracer.
pid_t clinux_own_thread(void);

// Whether two processes share one table of descriptors: 0 says so.
long clinux_kcmp_tables(pid_t pid1, pid_t pid2);
long clinux_kcmp_file(pid_t pid1, pid_t pid2, int fd1, int fd2);
// An epoll instance with the file of `copy`, which it knows and does not keep open once the copy is
// closed; Swift's Glibc has no sys/epoll.h. kcmp(2), KCMP_EPOLL_TFD, compares with the file in it, under
// the number of the copy.
int clinux_watch_file(int copy);
long clinux_kcmp_watched(pid_t pid, int fd, int watch, int number);
// Whether a seccomp filter of ours may stop what we trace: 0, or -errno.
int clinux_can_trace_by_filter(void);
// The name of a socket's protocol, by an extended attribute of /proc/PID/fd/FD; -1 for another
// file. Swift's Glibc has no sys/xattr.h.
ssize_t clinux_socket_protocol(const char *path, char *name, size_t count);
// Sets a process's soft limit RLIMIT_NOFILE and tells what it was; prlimit(2) is not in Swift's Glibc.
int clinux_descriptor_limit(pid_t pid, uint64_t limit, uint64_t *before);
int clinux_pidfd_open(pid_t pid);
int clinux_pidfd_getfd(int pidfd, int fd);

// Reads `count` bytes that must not cross a page; all or nothing.
ssize_t clinux_read_memory(pid_t pid, uintptr_t address, void *buffer, size_t count);

// ---- what the actors of lessons do ----

// A sealable memfd_create(2); Glibc's module leaves it out, as it does openat2 and unshare.
int clinux_memory_file(void);
// openat2(2) for reading, with RESOLVE_BENEATH.
int clinux_open_beneath(int folder, const char *path);
// Makes the process root of a user namespace of its own (user_namespaces(7)).
int clinux_own_user_namespace(void);
// Whether it could: 0, or -errno. A child of ours tries.
int clinux_can_make_user_namespace(void);
int clinux_limit_descriptors(unsigned long soft);

// ---- terminal ----

// Sets what a fatal signal puts back before the process dies: bytes for the terminal and its
// modes. Covers SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGTRAP, SIGQUIT, SIGPIPE and SIGSYS.
int clinux_restore_on_crash(int terminal, const struct termios *modes, const uint8_t *bytes,
                            size_t count);
// Puts it back now (and forgets it).
void clinux_restore_now(void);

// Adds to what must not outlive the process: a file, or a folder, with what is in it added after
// it. All of that goes when one of the signals above or clinux_die ends the process.
int clinux_remove_at_death(const char *path);
// Removes them now (and forgets them).
void clinux_remove_now(void);
// Dies of signal `number`, as who sent it expects; returns when that signal does not kill.
void clinux_die(int number);

// Signal `number` writes one byte, the signal's number, to `fd`, and does nothing else: with fd -1
// nothing at all, though what we launch does not inherit that. A signal that was ignored when we
// began stays ignored (nohup).
int clinux_forward_signal(int number, int fd);
int clinux_default_signal(int number);

int clinux_set_window_size(int terminal, unsigned short columns, unsigned short rows);
