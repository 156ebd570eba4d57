// `tracees interrupted-...`: calls that a signal interrupts.
#define _GNU_SOURCE
#include "tracees.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

static int pair[2], other_pair[2], file;
static sigjmp_buf place;

static void on_signal(int number) { (void)number; }
static void leave_by_jump(int number) { siglongjmp(place, number); }
static void close_file(int number) {
  (void)number;
  if (file != -1) close(file);
  file = -1;
}

static void write_to_other(int number) {
  static int is_told;
  (void)number;
  if (!is_told && write(other_pair[1], "w", 1) != 1) _exit(20);
  is_told = 1;
}

static int receive_from(int sock) {
  int received[1], got;
  char data[1];
  return receive_fds(sock, data, 1, received, 1, &got) == 1 ? received[0] : -1;
}

static void receive_from_other(int number) {
  (void)number;
  if (receive_from(other_pair[0]) != -1 || errno != EINTR) _exit(20);
}

static void wait_for_signal(int number) { (void)number, pause(); }

static void handle(int number, void (*handler)(int), int flags) {
  struct sigaction action = {.sa_handler = handler, .sa_flags = flags};
  sigaction(number, &action, NULL);
}

// Signals that come until it is told that they are not to.
static void tick(int comes) {
  struct itimerval often = {{0, 20000 * comes}, {0, 20000 * comes}};
  setitimer(ITIMER_REAL, &often, NULL);
}

// Sends a signal to a process, or nothing where it is 0, as soon as the process sleeps.
static void signal_in_sleep(pid_t sleeper, int number) {
  char path[64], stat[512] = "";
  snprintf(path, sizeof path, "/proc/%d/stat", sleeper);
  for (const char *end = NULL; !end || end[2] != 'S'; end = strrchr(stat, ')')) {
    poll(NULL, 0, 1);
    int stat_file = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t count = read(stat_file, stat, sizeof stat - 1);
    close(stat_file);
    if (count <= 0) _exit(21);
    stat[count] = 0;
  }
  kill(sleeper, number);
}

// A child that sends both signals, each as soon as its parent sleeps.
static void signal_from_child(void) {
  pid_t parent = getpid();
  if (fork() != 0) return;
  signal_in_sleep(parent, SIGALRM);
  signal_in_sleep(parent, SIGUSR2);
  _exit(0);
}

// The handler leaves a receive for good by a jump; later another handler ends a pause.
static int left_by_jump(void) {
  struct rusage before, after;
  handle(SIGALRM, leave_by_jump, 0);
  handle(SIGUSR2, on_signal, 0);
  signal_from_child();
  if (sigsetjmp(place, 1) == 0) return receive_from(pair[0]);
  getrusage(RUSAGE_SELF, &before);
  for (int i = 0; i < 1000; i++) syscall(SYS_getppid);
  getrusage(RUSAGE_SELF, &after);
  if (pause() != -1 || errno != EINTR) return 2;
  send_fds(pair[1], "j", 1, &file, 1);
  if (receive_from(pair[0]) == -1) return 3;
  // Whoever is stopped gives up the CPU.
  return after.ru_nvcsw - before.ru_nvcsw < 1000 ? 0 : 4;
}

// The handler closes what was received.
static int closed_in_handler(void) {
  send_fds(pair[1], "c", 1, &file, 1);
  close(file);
  file = receive_from(pair[0]);
  handle(SIGALRM, close_file, 0);
  tick(1);
  if (receive_from(pair[0]) != -1 || errno != EINTR) return 1;
  tick(0);
  return 0;
}

// The handler tells the program by a socket that it has run.
static int told_by_socket(void) {
  char data;
  handle(SIGALRM, write_to_other, 0);
  tick(1);
  if (receive_from(pair[0]) != -1 || errno != EINTR) return 1;
  tick(0);
  return read(other_pair[0], &data, 1) == 1 ? 0 : 2;
}

// The handler receives as well, and another one ends that.
static int both_for_good(void) {
  handle(SIGALRM, receive_from_other, 0);
  handle(SIGUSR2, on_signal, 0);
  signal_from_child();
  return receive_from(pair[0]) == -1 && errno == EINTR ? 0 : 1;
}

// Another handler ends what the handler waits in; the receive goes on all the same.
static int handler_for_good(void) {
  pid_t parent = getpid();
  handle(SIGALRM, wait_for_signal, SA_RESTART);
  handle(SIGUSR2, on_signal, 0);
  if (fork() == 0) {
    signal_in_sleep(parent, SIGALRM);
    signal_in_sleep(parent, SIGUSR2);
    signal_in_sleep(parent, 0);
    send_fds(pair[1], "h", 1, &file, 1);
    _exit(0);
  }
  return receive_from(pair[0]) == -1 ? 1 : 0;
}

// A receive that a signal interrupts and that goes on afterwards.
static int restarted(void) {
  int got, received[1], file = 1;
  char data[1];
  handle(SIGALRM, on_signal, SA_RESTART);
  socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
  pid_t child = fork();
  if (child == 0) {
    pid_t parent = getppid();
    for (int i = 0; i < 3; i++) {
      poll(NULL, 0, 20);
      kill(parent, SIGALRM);
    }
    poll(NULL, 0, 20);
    send_fds(pair[0], "r", 1, &file, 1);
    _exit(0);
  }
  ssize_t result = receive_fds(pair[1], data, 1, received, 1, &got);
  wait(NULL);
  return result == 1 && got == 1 ? 0 : 1;
}

// A receive from an empty queue and a send into a full one, which signals end for good.
static int for_good(void) {
  int got, received[1], file = 1, size = 4096;
  char data[64] = "";
  handle(SIGALRM, on_signal, 0);
  socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair);
  setsockopt(pair[0], SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
  tick(1);
  if (receive_fds(pair[1], data, 1, received, 1, &got) != -1 || errno != EINTR) return 1;
  tick(0);
  while (send(pair[0], data, sizeof data, MSG_DONTWAIT) > 0) continue;
  tick(1);
  if (send_fds(pair[0], data, 1, &file, 1) != -1 || errno != EINTR) return 2;
  tick(0);
  while (recv(pair[1], data, sizeof data, MSG_DONTWAIT) > 0) continue;
  send_fds(pair[0], data, 1, &file, 1);
  return receive_fds(pair[1], data, 1, received, 1, &got) == 1 && got == 1 ? 0 : 3;
}

static int run(int (*program)(void)) {
  socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
  socketpair(AF_UNIX, SOCK_STREAM, 0, other_pair);
  file = memfd_create("interrupted", MFD_CLOEXEC);
  int status = program();
  while (wait(NULL) > 0) continue;
  return status;
}

int run_interrupted(int argc, char **argv) {
  const char *name = argc > 1 ? argv[1] : "";
  if (!strcmp(name, "interrupted-receive")) return restarted();
  if (!strcmp(name, "interrupted-for-good")) return for_good();
  if (!strcmp(name, "interrupted-and-left")) return run(left_by_jump);
  if (!strcmp(name, "interrupted-by-close")) return run(closed_in_handler);
  if (!strcmp(name, "interrupted-by-write")) return run(told_by_socket);
  if (!strcmp(name, "interrupted-twice")) return run(both_for_good);
  if (!strcmp(name, "interrupted-handler")) return run(handler_for_good);
  return -1;
}
