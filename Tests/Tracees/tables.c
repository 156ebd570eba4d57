// Programs whose table of descriptors is not where one looks first, or not to be looked at.
#define _GNU_SOURCE
#include "tracees.h"

#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static int pair[2];

static int memory_file(const char *name) { return memfd_create(name, MFD_CLOEXEC); }

// Sends `fd` and receives it; returns its new number, or -1.
static int pass(int fd) {
  char byte;
  int got, received[1];
  if (send_fds(pair[0], "p", 1, &fd, 1) != 1) return -1;
  return receive_fds(pair[1], &byte, 1, received, 1, &got) == 1 && got == 1 ? received[0] : -1;
}

static char leader_state(void) {
  char state = 0;
  FILE *file = fopen("/proc/self/stat", "re");
  if (file && fscanf(file, "%*d %*s %c", &state) != 1) state = 0;
  if (file) fclose(file);
  return state;
}

static void *pass_alone(void *unused) {
  (void)unused;
  while (leader_state() != 'Z') poll(NULL, 0, 1);
  int fd = pass(memory_file("alone"));
  exit(fd < 0 || write(fd, "w", 1) != 1 ? 1 : 0);
}

// The first thread ends, and another one passes.
static int leaderless(void) {
  pthread_t thread;
  socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
  pthread_create(&thread, NULL, pass_alone, NULL);
  pthread_exit(NULL);
}

static int replace(void *number) {
  int fd = *(int *)number, other = memory_file("second");
  close(fd);
  return dup2(other, fd) == fd && close(other) == 0 ? 0 : 1;
}

// A child that shares the table puts another file under a number that was passed.
static int shared_table(void) {
  static char stack[1 << 16];
  int fd = memory_file("first"), status;
  socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
  if (pass(fd) < 0) return 1;
  pid_t child = clone(replace, stack + sizeof stack, CLONE_FILES | SIGCHLD, &fd);
  if (waitpid(child, &status, 0) != child || status != 0) return 2;
  return pass(fd) < 0;
}

static int gate[2], ready[2];

static int replace_when_told(void *number) {
  char byte;
  return read(gate[0], &byte, 1) == 1 ? replace(number) : 1;
}

// The same, by a child that is there already when somebody attaches; its number is told.
static int shared_table_before(void) {
  static char stack[1 << 16];
  int fd = memory_file("first"), status, number;
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGUSR1);
  sigprocmask(SIG_BLOCK, &set, NULL);
  socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
  if (pipe(gate) == -1) return 1;
  pid_t child = clone(replace_when_told, stack + sizeof stack, CLONE_FILES | SIGCHLD, &fd);
  printf("child %d\n", child);
  fflush(stdout);
  if (sigwait(&set, &number) != 0 || pass(fd) < 0 || write(gate[1], "g", 1) != 1) return 2;
  if (waitpid(child, &status, 0) != child || status != 0) return 3;
  return pass(fd) < 0;
}

static atomic_int hogs_run;
static atomic_bool hogs_may_end;

static void pin(int cpu) {
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(cpu, &one);
  sched_setaffinity(0, sizeof one, &one);
}

static void *hog(void *unused) {
  pin(0);
  for (hogs_run++; !hogs_may_end;) {
  }
  return unused;
}

static void *fork_idly(void *child) {
  struct sched_param none = {0};
  pin(0);
  sched_setscheduler(0, SCHED_IDLE, &none);
  *(pid_t *)child = fork();
  if (*(pid_t *)child > 0) return NULL;
  char byte;
  int got, received[1];
  close(pair[0]);
  _exit(receive_fds(pair[1], &byte, 1, received, 1, &got) == 1 && got == 1 ? 0 : 1);
}

// A child that no CPU has time for gets what its parent closes meanwhile: another thread of it, for
// the one that forks is as idle as its child.
static int close_before_late_child(void) {
  pthread_t forking, hogging[2];
  pid_t child;
  int fd = memory_file("late"), status;
  siginfo_t info;
  hogs_run = hogs_may_end = 0;
  socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
  send_fds(pair[0], "l", 1, &fd, 1);
  for (int i = 0; i < 2; i++) pthread_create(&hogging[i], NULL, hog, NULL);
  while (hogs_run < 2) sched_yield();
  pin(1);
  pthread_create(&forking, NULL, fork_idly, &child);
  while (waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == -1) sched_yield();
  close(pair[1]);
  hogs_may_end = true;
  for (int i = 0; i < 2; i++) pthread_join(hogging[i], NULL);
  pthread_join(forking, NULL);
  close(fd);
  close(pair[0]);
  return waitpid(child, &status, 0) == child && status == 0 ? 0 : 1;
}

static int late_children(int count) {
  int failures = 0;
  while (count-- > 0) failures += close_before_late_child();
  return failures;
}

// Denies others of its user the look at its memory and its descriptors.
static int hidden(void) {
  prctl(PR_SET_DUMPABLE, 0);
  socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
  return pass(memory_file("hidden")) < 0;
}

// Installs a filter that asks a supervisor about every sendmsg; returns the supervisor's descriptor.
static int supervise_sends(void) {
  struct sock_filter steps[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_sendmsg, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  struct sock_fprog program = {sizeof steps / sizeof *steps, steps};
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1) return -1;
  return (int)syscall(
      SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, &program);
}

static void *allow_sends(void *listener) {
  for (;;) {
    struct seccomp_notif request = {0};
    if (ioctl(*(int *)listener, SECCOMP_IOCTL_NOTIF_RECV, &request) == -1) return NULL;
    struct seccomp_notif_resp answer = {
        .id = request.id, .flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE};
    ioctl(*(int *)listener, SECCOMP_IOCTL_NOTIF_SEND, &answer);
  }
}

// A supervisor lets each send go on.
static int supervised(void) {
  pthread_t thread;
  socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
  int listener = supervise_sends();
  if (listener < 0) return 77;
  pthread_create(&thread, NULL, allow_sends, &listener);
  return pass(memory_file("one")) < 0 || pass(memory_file("two")) < 0;
}

static void *send_from_own_table(void *unused) {
  char byte;
  (void)unused;
  if (unshare(CLONE_FILES) == -1 || write(ready[1], "r", 1) != 1 || read(gate[0], &byte, 1) != 1) exit(1);
  int fd = memory_file("own");
  send_fds(pair[0], "o", 1, &fd, 1);
  return NULL;
}

// A thread leaves the table of its process, which has another file under the same number.
static int own_table(void) {
  pthread_t thread;
  char byte;
  int got, received[1];
  socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
  if (pipe(gate) == -1 || pipe(ready) == -1) return 1;
  pthread_create(&thread, NULL, send_from_own_table, NULL);
  if (read(ready[0], &byte, 1) != 1 || open("/dev/null", O_RDONLY) == -1) return 2;
  if (write(gate[1], "g", 1) != 1) return 2;
  pthread_join(thread, NULL);
  return receive_fds(pair[1], &byte, 1, received, 1, &got) == 1 && got == 1 ? 0 : 3;
}

int run_tables(int argc, char **argv) {
  const char *name = argc > 1 ? argv[1] : "";
  if (!strcmp(name, "leaderless")) return leaderless();
  if (!strcmp(name, "shared-table")) return shared_table();
  if (!strcmp(name, "shared-table-before")) return shared_table_before();
  if (!strcmp(name, "late-children")) return late_children(atoi(argv[2]));
  if (!strcmp(name, "own-table")) return own_table();
  if (!strcmp(name, "hidden")) return hidden();
  if (!strcmp(name, "supervised")) return supervised();
  return -1;
}
