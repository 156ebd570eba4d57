// Tiny real programs to be traced: `tracees NAME ARG…`. Each does one thing.
#define _GNU_SOURCE
#include "tracees.h"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

ssize_t send_fds(int sock, const void *data, size_t count, const int *fds, int n) {
  char control[CMSG_SPACE(sizeof(int) * 254)];
  struct iovec iov = {(void *)data, count};
  struct msghdr msg = {.msg_iov = &iov, .msg_iovlen = 1};
  if (n > 0) {
    memset(control, 0, sizeof control);
    msg.msg_control = control;
    msg.msg_controllen = CMSG_SPACE(sizeof(int) * (size_t)n);
    struct cmsghdr *cmsg = CMSG_FIRSTHDR(&msg);
    cmsg->cmsg_level = SOL_SOCKET;
    cmsg->cmsg_type = SCM_RIGHTS;
    cmsg->cmsg_len = CMSG_LEN(sizeof(int) * (size_t)n);
    memcpy(CMSG_DATA(cmsg), fds, sizeof(int) * (size_t)n);
  }
  return sendmsg(sock, &msg, MSG_NOSIGNAL);
}

ssize_t receive_fds(int sock, void *data, size_t count, int *fds, int room, int *got) {
  char control[CMSG_SPACE(sizeof(int) * 253)];
  struct iovec iov = {data, count};
  struct msghdr msg = {.msg_iov = &iov, .msg_iovlen = 1, .msg_control = control};
  msg.msg_controllen = room > 0 ? CMSG_LEN(sizeof(int) * (size_t)room) : 0;
  ssize_t result = recvmsg(sock, &msg, MSG_CMSG_CLOEXEC);
  *got = 0;
  struct cmsghdr *cmsg = result >= 0 ? CMSG_FIRSTHDR(&msg) : NULL;
  if (cmsg && cmsg->cmsg_type == SCM_RIGHTS) {
    *got = (int)((cmsg->cmsg_len - CMSG_LEN(0)) / sizeof(int));
    memcpy(fds, CMSG_DATA(cmsg), sizeof(int) * (size_t)*got);
  }
  return result;
}

// Sends a memfd to itself over a pair, closes the original first or after.
static int self_pass(int close_before) {
  int pair[2], got, received[1];
  char data[8];
  socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair);
  int file = memfd_create("parcel", MFD_CLOEXEC);
  send_fds(pair[0], "take it", 7, &file, 1);
  if (close_before) close(file);
  receive_fds(pair[1], data, sizeof data, received, 1, &got);
  return got == 1 ? 0 : 1;
}

static int parent_child(void) {
  int pair[2];
  socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair);
  pid_t child = fork();
  if (child == 0) {
    char data[8];
    int got, received[4];
    close(pair[0]);
    receive_fds(pair[1], data, sizeof data, received, 4, &got);
    if (write(received[0], "hi\n", 3) != 3) _exit(2);
    _exit(got == 1 ? 0 : 1);
  }
  close(pair[1]);
  int pipe_ends[2];
  if (pipe(pipe_ends) == -1) return 3;
  send_fds(pair[0], "x", 1, &pipe_ends[1], 1);
  int status;
  waitpid(child, &status, 0);
  return WEXITSTATUS(status);
}

// Every wrong pointer and length that the kernel answers without killing us.
static int bad_pointers(void) {
  int pair[2];
  socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
  void *hole = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  munmap((char *)hole + 4096, 4096);
  struct iovec iov = {"data", 4};
  struct msghdr msg = {.msg_iov = &iov, .msg_iovlen = 1};
  sendmsg(pair[0], (struct msghdr *)8, 0);
  msg.msg_control = (void *)16;
  msg.msg_controllen = 24;
  sendmsg(pair[0], &msg, 0);
  msg.msg_control = (char *)hole + 4096 - 20;
  msg.msg_controllen = 24;
  sendmsg(pair[0], &msg, 0);
  msg.msg_control = hole;
  msg.msg_controllen = (size_t)1 << 62;
  sendmsg(pair[0], &msg, 0);
  msg.msg_control = NULL;
  msg.msg_controllen = 0;
  msg.msg_iovlen = (size_t)1 << 60;
  sendmsg(pair[0], &msg, 0);
  struct iovec huge = {(void *)16, (size_t)-1};
  msg.msg_iov = &huge;
  msg.msg_iovlen = 1;
  sendmsg(pair[0], &msg, 0);
  msg.msg_iov = (struct iovec *)24;
  sendmsg(pair[0], &msg, 0);
  recvmsg(pair[1], (struct msghdr *)8, MSG_DONTWAIT);
  return 0;
}

static volatile sig_atomic_t caught;
static void on_signal(int number) { caught += number; }

static int signals(void) {
  signal(SIGUSR1, on_signal);
  for (int i = 0; i < 10; i++) raise(SIGUSR1);
  return caught == 10 * SIGUSR1 ? 42 : 1;
}

static void *thread_sender(void *argument) {
  int *pair = argument, file = 1;
  for (int i = 0; i < 20; i++) send_fds(pair[0], "t", 1, &file, 1);
  return NULL;
}

static int threads(void) {
  int pair[2], got, received[1];
  char data[1];
  socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
  pthread_t sender;
  pthread_create(&sender, NULL, thread_sender, pair);
  int count = 0;
  while (count < 20 && receive_fds(pair[1], data, 1, received, 1, &got) == 1) {
    count += got;
    close(received[0]);
  }
  pthread_join(sender, NULL);
  return count == 20 ? 0 : 1;
}

static void *exec_other(void *argument) {
  char *self = argument;
  execl(self, self, "exit", "7", NULL);
  return NULL;
}

static int exec_from_thread(char *self) {
  pthread_t thread;
  pthread_create(&thread, NULL, exec_other, self);
  pthread_join(thread, NULL);
  return 1;
}

// Stops itself; the parent continues it, as a shell's job control does.
static int job_control(void) {
  pid_t child = fork();
  if (child == 0) {
    raise(SIGSTOP);
    _exit(5);
  }
  int status;
  waitpid(child, &status, WUNTRACED);
  if (!WIFSTOPPED(status)) return 1;
  kill(child, SIGCONT);
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 2;
}

static int crowd_pair[2];
static void *crowd_member(void *argument) {
  int file = 1, received[253], got;
  char data;
  (void)argument;
  send_fds(crowd_pair[0], "c", 1, &file, 1);
  receive_fds(crowd_pair[1], &data, 1, received, 1, &got);
  for (int i = 0; i < got; i++) close(received[i]);
  return NULL;
}

// A thousand threads that pass to each other at once.
static int many_threads(void) {
  enum { count = 1000 };
  pthread_t members[count];
  pthread_attr_t small;
  pthread_attr_init(&small);
  pthread_attr_setstacksize(&small, 65536);
  socketpair(AF_UNIX, SOCK_SEQPACKET, 0, crowd_pair);
  for (int i = 0; i < count; i++)
    if (pthread_create(&members[i], &small, crowd_member, NULL) != 0) return 1;
  for (int i = 0; i < count; i++) pthread_join(members[i], NULL);
  return 0;
}

static int many_descriptors(int count) {
  struct rlimit limit = {(rlim_t)count + 100, (rlim_t)count + 100};
  if (setrlimit(RLIMIT_NOFILE, &limit) == -1) return 77;
  int last = -1, got, received[1];
  char data;
  for (int i = 0; i < count; i++) last = open("/dev/null", O_RDONLY);
  socketpair(AF_UNIX, SOCK_STREAM, 0, crowd_pair);
  for (int i = 0; i < 10; i++) {
    send_fds(crowd_pair[0], "d", 1, &last, 1);
    receive_fds(crowd_pair[1], &data, 1, received, 1, &got);
    if (got != 1) return 1;
    close(received[0]);
  }
  return last < count ? 2 : 0;
}

static int many_forks(int count) {
  for (int i = 0; i < count; i++) {
    pid_t child = fork();
    if (child == 0) _exit(0);
    if (child == -1 || waitpid(child, NULL, 0) != child) return 1;
  }
  return 0;
}

// Messages with up to the 253 descriptors that one can carry, again and again.
static int many_passed(int count, int each) {
  int files[253], received[253], got;
  char data;
  for (int i = 0; i < each; i++) files[i] = open("/dev/null", O_RDONLY);
  socketpair(AF_UNIX, SOCK_STREAM, 0, crowd_pair);
  for (int i = 0; i < count; i++) {
    if (send_fds(crowd_pair[0], "m", 1, files, each) != 1) return 1;
    receive_fds(crowd_pair[1], &data, 1, received, each, &got);
    if (got != each) return 2;
    close_range((unsigned)received[0], (unsigned)received[each - 1], 0);
  }
  return 0;
}

// Becomes another program while another of its threads is in a receive.
static void *receive_for_ever(void *argument) {
  int got, received[1];
  char data;
  (void)argument;
  receive_fds(crowd_pair[1], &data, 1, received, 1, &got);
  return NULL;
}
static int exec_beside_receive(char *self) {
  pthread_t thread;
  socketpair(AF_UNIX, SOCK_STREAM, 0, crowd_pair);
  pthread_create(&thread, NULL, receive_for_ever, NULL);
  shutdown(crowd_pair[1], SHUT_WR);
  execl(self, self, "exit", "7", NULL);
  return 1;
}

// A signal that does nothing interrupts a sleep that is traced, and the kernel takes it up again.
static int sleep_through_signal(void) {
  if (fork() == 0) {
    usleep(20000);
    return kill(getppid(), SIGWINCH);
  }
  return poll(NULL, 0, 60000);
}

int main(int argc, char **argv) {
  const char *name = argc > 1 ? argv[1] : "";
  if (!strcmp(name, "self-pass")) return self_pass(0);
  if (!strcmp(name, "close-then-receive")) return self_pass(1);
  if (!strcmp(name, "parent-child")) return parent_child();
  if (!strcmp(name, "bad-pointers")) return bad_pointers();
  if (!strcmp(name, "signals")) return signals();
  if (!strcmp(name, "threads")) return threads();
  if (!strcmp(name, "exec-from-thread")) return exec_from_thread(argv[0]);
  if (!strcmp(name, "job-control")) return job_control();
  if (!strcmp(name, "many-threads")) return many_threads();
  if (!strcmp(name, "many-descriptors")) return many_descriptors(atoi(argv[2]));
  if (!strcmp(name, "many-forks")) return many_forks(atoi(argv[2]));
  if (!strcmp(name, "many-passed")) return many_passed(atoi(argv[2]), argc > 3 ? atoi(argv[3]) : 253);
  if (!strcmp(name, "exec-beside-receive")) return exec_beside_receive(argv[0]);
  if (!strcmp(name, "to-address")) return to_address(argv[2], argv[3]);
  if (!strcmp(name, "disconnect")) return disconnect();
  if (!strcmp(name, "before-accept")) return before_accept(argv[2]);
  if (!strcmp(name, "conversation")) return conversation();
  if (!strcmp(name, "relay")) return relay();
  if (!strcmp(name, "parking")) return parking(argc, argv);
  if (!strcmp(name, "sockets-over-sockets")) return sockets_over_sockets();
  if (!strcmp(name, "exchange") && argc > 2) return exchange(argv[2], argv + 3);
  if (!strcmp(name, "exit")) return argc > 2 ? atoi(argv[2]) : 0;
  if (!strcmp(name, "kill-self")) return kill(getpid(), argc > 2 ? atoi(argv[2]) : SIGTERM);
  if (!strcmp(name, "sleep")) return poll(NULL, 0, 60000);
  if (!strcmp(name, "sleep-through-signal")) return sleep_through_signal();
  static int (*const others[])(int, char **) = {
      run_forbidden, run_compat,  run_varied,  run_guest,       run_mistake,
      run_lasting,   run_changed, run_tables,  run_interrupted,
  };
  for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
    int status = others[i](argc, argv);
    if (status >= 0) return status;
  }
  fprintf(stderr, "tracees: no such program: %s\n", name);
  return 64;
}
