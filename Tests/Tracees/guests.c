// Programs with ways of their own: how they make children, what they ask of the kernel, and what
// they expect of signals. Each ends with 0 when all went as it would without a tracer.
#define _GNU_SOURCE
#include "tracees.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static int status_of(pid_t child) {
  int status;
  if (waitpid(child, &status, 0) != child || !WIFEXITED(status)) return 100;
  return WEXITSTATUS(status);
}

// A child that passes, made in the way that `how` says.
static int child_by(const char *how, char *self) {
  char *arguments[] = {self, "self-pass", NULL};
  pid_t child;
  if (!strcmp(how, "posix_spawn")) {
    if (posix_spawn(&child, self, NULL, NULL, arguments, environ) != 0) return 101;
    return status_of(child);
  }
  if (!strcmp(how, "clone3")) {
    struct clone_args request = {.exit_signal = SIGCHLD};
    child = (pid_t)syscall(SYS_clone3, &request, sizeof request);
  } else {
    child = !strcmp(how, "vfork") ? vfork() : fork();
  }
  if (child == 0) {
    execv(self, arguments);
    _exit(102);
  }
  return status_of(child);
}

// Filters sendmsg, as a sandbox would; the architecture is this program's own.
static int filter_sends(uint32_t verdict) {
  struct sock_filter steps[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_sendmsg, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, verdict),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  struct sock_fprog program = {sizeof steps / sizeof *steps, steps};
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1) return -1;
  return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program);
}

static volatile sig_atomic_t trapped;
static void on_trap(int number, siginfo_t *info, void *context) {
  (void)number;
  (void)context;
  trapped = info->si_syscall == SYS_sendmsg;
}

static int own_filter(const char *verdict) {
  static const struct {
    const char *name;
    uint32_t verdict;
    int error;
  } filters[] = {
      {"allow", SECCOMP_RET_ALLOW, 0},
      {"errno", SECCOMP_RET_ERRNO | EXDEV, EXDEV},
      {"trace", SECCOMP_RET_TRACE | 7, ENOSYS},  // nobody traces it, as far as it can know
      {"trap", SECCOMP_RET_TRAP, ENOSYS},
      {"kill", SECCOMP_RET_KILL_PROCESS, 0},
  };
  struct sigaction action = {.sa_sigaction = on_trap, .sa_flags = SA_SIGINFO};
  sigaction(SIGSYS, &action, NULL);
  for (size_t i = 0; i < sizeof filters / sizeof *filters; i++) {
    int pair[2], file = 1;
    if (strcmp(filters[i].name, verdict)) continue;
    socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
    if (filter_sends(filters[i].verdict) == -1) return 1;
    errno = 0;
    ssize_t sent = send_fds(pair[0], "x", 1, &file, 1);
    if (!strcmp(verdict, "trap")) return trapped ? 0 : 2;
    return (filters[i].error == 0 ? sent == 1 : sent == -1) && errno == filters[i].error ? 0 : 3;
  }
  return 64;
}

// Leaves its parent, its session and its terminal, and works on after the first has ended.
static int daemon_pass(char *self) {
  pid_t first = getpid(), child = fork();
  if (child != 0) return status_of(child);
  setsid();
  if (fork() != 0) _exit(0);
  while (kill(first, 0) == 0) poll(NULL, 0, 1);
  execl(self, self, "self-pass", NULL);
  _exit(103);
}

static siginfo_t seen;
static volatile sig_atomic_t seen_number;
static void on_signal_with_info(int number, siginfo_t *info, void *context) {
  (void)context;
  seen = *info;
  seen_number = number;
}

static void catch_with_info(int number) {
  struct sigaction action = {.sa_sigaction = on_signal_with_info, .sa_flags = SA_SIGINFO};
  sigaction(number, &action, NULL);
}

// What comes with a signal arrives, and so does the news of children.
static int signal_info(void) {
  union sigval value = {.sival_int = 4711};
  catch_with_info(SIGRTMIN + 3);
  sigqueue(getpid(), SIGRTMIN + 3, value);
  if (seen_number != SIGRTMIN + 3 || seen.si_code != SI_QUEUE || seen.si_pid != getpid()) return 1;
  if (seen.si_value.sival_int != 4711) return 2;
  catch_with_info(SIGCHLD);
  pid_t child = fork();
  if (child == 0) _exit(9);
  while (seen_number != SIGCHLD) poll(NULL, 0, 10);
  if (seen.si_code != CLD_EXITED || seen.si_pid != child || seen.si_status != 9) return 3;
  return status_of(child) == 9 ? 0 : 4;
}

// A child that is told of its parent's death.
static int parent_death(void) {
  int ready[2];
  char byte = 0;
  if (pipe(ready) == -1) return 1;
  pid_t child = fork();
  if (child != 0) return read(ready[0], &byte, 1) == 1 ? 0 : 1;
  catch_with_info(SIGUSR1);
  prctl(PR_SET_PDEATHSIG, SIGUSR1);
  if (write(ready[1], &byte, 1) != 1) _exit(1);
  for (int i = 0; i < 500 && seen_number != SIGUSR1; i++) poll(NULL, 0, 10);
  _exit(seen_number == SIGUSR1 ? 12 : 1);
}

// Traces a child of its own, which the kernel refuses while somebody traces both.
static int own_tracer(void) {
  pid_t child = fork();
  if (child == 0) _exit(ptrace(PTRACE_TRACEME, 0, 0, 0) == -1 && errno == EPERM ? 0 : 1);
  return status_of(child);
}

// Passes where the kernel lists no socket to those outside.
static int other_network(char *self) {
  if (unshare(CLONE_NEWUSER | CLONE_NEWNET) == -1) return 77;
  execl(self, self, "parent-child", NULL);
  return 104;
}

// Gets a socket from a child in another network, and sends over it.
static int network_child(void) {
  int pair[2], inner[2], got, received[1], file = 1;
  char data;
  socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
  pid_t child = fork();
  if (child == 0) {
    if (unshare(CLONE_NEWUSER | CLONE_NEWNET) == -1) _exit(77);
    socketpair(AF_UNIX, SOCK_STREAM, 0, inner);
    send_fds(pair[1], "e", 1, &inner[0], 1);
    close(inner[0]);
    _exit(receive_fds(inner[1], &data, 1, received, 1, &got) == 1 && got == 1 ? 0 : 1);
  }
  close(pair[1]);
  if (receive_fds(pair[0], &data, 1, received, 1, &got) != 1 || got != 1) return 2;
  send_fds(received[0], "f", 1, &file, 1);
  return status_of(child);
}

// In a pid namespace of its own: every process has two numbers.
static int other_numbers(char *self) {
  if (unshare(CLONE_NEWUSER | CLONE_NEWPID) == -1) return 77;
  pid_t child = fork();
  if (child == 0) {
    if (getpid() != 1) _exit(1);
    execl(self, self, "parent-child", NULL);
    _exit(104);
  }
  return status_of(child);
}

// A thread becomes another program while the leader is before a receive.
static int held_pair[2];
static void *exec_after_send(void *argument) {
  char *self = argument;
  int file = 1;
  send_fds(held_pair[0], "h", 1, &file, 1);
  execl(self, self, "exit", "7", NULL);
  return NULL;
}
static int exec_beside_leader(char *self) {
  pthread_t thread;
  int got, received[1];
  char data;
  socketpair(AF_UNIX, SOCK_STREAM, 0, held_pair);
  pthread_create(&thread, NULL, exec_after_send, self);
  for (;;) receive_fds(held_pair[1], &data, 1, received, 1, &got);
}

static void tidy_and_stop(int number);
static int stops_by;

static void catch_stops(void) {
  struct sigaction action = {.sa_handler = tidy_and_stop, .sa_flags = SA_RESTART};
  sigaction(SIGTSTP, &action, NULL);
}

// What an editor does at Ctrl-Z: it tidies the terminal up, stops, and goes on where it was.
static void tidy_and_stop(int number) {
  sigset_t set;
  write(1, "tidied\n", 7);
  signal(number, SIG_DFL);
  sigemptyset(&set);
  sigaddset(&set, number);
  raise(stops_by);
  sigprocmask(SIG_UNBLOCK, &set, NULL);
  catch_stops();
  write(1, "back\n", 5);
}

// Runs until it has read a line.
static int tidy(int by) {
  char line[64];
  stops_by = by;
  catch_stops();
  write(1, "running\n", 8);
  return read(0, line, sizeof line) > 0 ? 9 : 1;
}

int run_guest(int argc, char **argv) {
  const char *name = argc > 1 ? argv[1] : "", *how = argc > 2 ? argv[2] : "";
  if (!strcmp(name, "child-by")) return child_by(how, argv[0]);
  if (!strcmp(name, "own-filter")) return own_filter(how);
  if (!strcmp(name, "daemon")) return daemon_pass(argv[0]);
  if (!strcmp(name, "signal-info")) return signal_info();
  if (!strcmp(name, "parent-death")) return parent_death();
  if (!strcmp(name, "own-tracer")) return own_tracer();
  if (!strcmp(name, "other-network")) return other_network(argv[0]);
  if (!strcmp(name, "network-child")) return network_child();
  if (!strcmp(name, "other-numbers")) return other_numbers(argv[0]);
  if (!strcmp(name, "tidy")) return tidy(!strcmp(how, "STOP") ? SIGSTOP : SIGTSTP);
  if (!strcmp(name, "exec-beside-leader")) return exec_beside_leader(argv[0]);
  return -1;
}
