// Programs to be attached while they run. SIGUSR1 makes them do their one thing once more, and each
// line they print is one that a test waits for.
#define _GNU_SOURCE
#include "tracees.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static struct sockaddr_un address_of(const char *path) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  strncpy(address.sun_path, path, sizeof address.sun_path - 1);
  return address;
}

static void wait_for_signal(void) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGUSR1);
  while (sigwaitinfo(&set, NULL) != SIGUSR1) {
  }
}

// Answers every byte with its descriptor 1, on one connection after the other.
static int serve(const char *path) {
  struct sockaddr_un address = address_of(path);
  int listener = socket(AF_UNIX, SOCK_STREAM, 0), file = 1;
  if (bind(listener, (struct sockaddr *)&address, sizeof address) == -1) return 1;
  listen(listener, 8);
  puts("listening");
  for (;;) {
    int connection = accept(listener, NULL, NULL), got, received[1];
    char byte;
    while (receive_fds(connection, &byte, 1, received, 1, &got) == 1)
      if (send_fds(connection, "here", 4, &file, 1) != 4) return 2;
    close(connection);
  }
}

static int ask(const char *path) {
  struct sockaddr_un address = address_of(path);
  int connection = socket(AF_UNIX, SOCK_STREAM, 0);
  if (connect(connection, (struct sockaddr *)&address, sizeof address) == -1) return 1;
  puts("connected");
  for (int count = 1;; count++) {
    char data[4];
    int got, received[1];
    wait_for_signal();
    if (write(connection, "?", 1) != 1) return 2;
    if (receive_fds(connection, data, 4, received, 1, &got) != 4 || got != 1) return 3;
    close(received[0]);
    printf("pass %d\n", count);
  }
}

// Leaves a descriptor in flight to a socket that nobody reads.
static int leave_in_flight(void) {
  int pair[2], file = 1;
  socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
  if (fork() == 0) {
    close(pair[0]);
    for (;;) pause();
  }
  close(pair[1]);
  send_fds(pair[0], "x", 1, &file, 1);
  puts("sent");
  for (;;) pause();
}

// Waits in a call that an interruption ends with EINTR.
static int wait_in_epoll(void) {
  int epoll = epoll_create1(0);
  struct epoll_event event;
  puts("waiting");
  for (;;)
    if (epoll_wait(epoll, &event, 1, -1) == -1 && errno == EINTR) puts("interrupted");
}

static void *wait_forever(void *argument) {
  for (;;) pause();
  return argument;
}

static int idle_threads(int count) {
  pthread_t thread;
  for (int i = 0; i < count; i++) pthread_create(&thread, NULL, wait_forever, NULL);
  puts("threads");
  wait_for_signal();
  return 0;
}

// Has an io_uring and uses it for nothing.
static int hold_ring(void) {
  char parameters[120] = {0};
  if (syscall(SYS_io_uring_setup, 4, parameters) == -1) return 77;
  puts("ready");
  for (;;) pause();
}

// Makes children that pass a descriptor to themselves.
static int make_children(char *self) {
  puts("ready");
  for (;;) {
    wait_for_signal();
    int status;
    pid_t child = fork();
    if (child == 0) execl(self, self, "self-pass", NULL);
    waitpid(child, &status, 0);
    printf("child %d\n", WEXITSTATUS(status));
  }
}

// Sends to a child, has an answer for each, and closes its own copy of the child's end by a call.
static int send_to_child(const char *call) {
  int pair[2], file = 1, got, received[1];
  char data;
  if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair) == -1) return 1;
  if (fork() == 0) {
    for (int i = 0; i < 3; i++) {
      receive_fds(pair[1], &data, 1, received, 1, &got);
      if (write(pair[1], "a", 1) != 1) _exit(1);
    }
    _exit(0);
  }
  puts("ready");
  wait_for_signal();
  for (int i = 0; i < 3; i++) {
    send_fds(pair[0], "s", 1, &file, 1);
    if (read(pair[0], &data, 1) != 1) return 1;
  }
  if (!strcmp(call, "dup2")) return dup2(pair[0], pair[1]) == -1;
  if (!strcmp(call, "close_range")) return syscall(SYS_close_range, pair[0], pair[1], 0) == -1;
  return close(pair[1]);
}

int run_lasting(int argc, char **argv) {
  const char *name = argc > 1 ? argv[1] : "", *argument = argc > 2 ? argv[2] : "";
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGUSR1);
  sigprocmask(SIG_BLOCK, &set, NULL);
  setvbuf(stdout, NULL, _IONBF, 0);
  if (!strcmp(name, "serve")) return serve(argument);
  if (!strcmp(name, "ask")) return ask(argument);
  if (!strcmp(name, "in-flight")) return leave_in_flight();
  if (!strcmp(name, "send-to-child")) return send_to_child(argument);
  if (!strcmp(name, "epoll")) return wait_in_epoll();
  if (!strcmp(name, "hold-ring")) return hold_ring();
  if (!strcmp(name, "idle-threads")) return idle_threads(atoi(argument));
  if (!strcmp(name, "make-children")) return make_children(argv[0]);
  return -1;
}
