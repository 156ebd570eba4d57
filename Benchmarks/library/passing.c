// `passing self|pair DESCRIPTORS PASSES`: what Sources/passing/main.swift does, with the same system
// calls and no library.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MOST = 253 };

union control {
  char bytes[CMSG_SPACE(MOST * sizeof(int))];
  struct cmsghdr align;
};

static void give(int sock, const int *fds, int count) {
  union control control;
  char data = 'x';
  struct iovec iov = {&data, 1};
  struct msghdr msg = {.msg_iov = &iov,
                       .msg_iovlen = 1,
                       .msg_control = &control,
                       .msg_controllen = CMSG_SPACE(count * sizeof(int))};
  struct cmsghdr *cmsg = CMSG_FIRSTHDR(&msg);
  cmsg->cmsg_level = SOL_SOCKET;
  cmsg->cmsg_type = SCM_RIGHTS;
  cmsg->cmsg_len = CMSG_LEN(count * sizeof(int));
  memcpy(CMSG_DATA(cmsg), fds, count * sizeof(int));
  if (sendmsg(sock, &msg, MSG_NOSIGNAL) != 1) _exit(2);
}

static void take(int sock, int *fds, int count) {
  union control control;
  char data;
  struct iovec iov = {&data, 1};
  struct msghdr msg = {.msg_iov = &iov,
                       .msg_iovlen = 1,
                       .msg_control = &control,
                       .msg_controllen = CMSG_LEN(count * sizeof(int))};
  if (recvmsg(sock, &msg, MSG_CMSG_CLOEXEC) != 1) _exit(3);
  struct cmsghdr *cmsg = CMSG_FIRSTHDR(&msg);
  if (!cmsg || cmsg->cmsg_type != SCM_RIGHTS || cmsg->cmsg_len != CMSG_LEN(count * sizeof(int)))
    _exit(4);
  memcpy(fds, CMSG_DATA(cmsg), count * sizeof(int));
}

static void close_all(const int *fds, int count) {
  for (int i = 0; i < count; i++) close(fds[i]);
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1e9 + time.tv_nsec;
}

static void there_and_back(int sock, const int *lent, int count, int passes) {
  int fds[MOST];
  for (int i = 0; i < passes / 2; i++) {
    give(sock, lent, count);
    take(sock, fds, count);
    close_all(fds, count);
  }
}

static void send_back(int sock, int count, int passes) {
  int fds[MOST];
  for (int i = 0; i < passes / 2; i++) {
    take(sock, fds, count);
    give(sock, fds, count);
    close_all(fds, count);
  }
}

int main(int argc, char **argv) {
  if (argc != 4) return 64;
  int pair[2], lent[MOST] = {0}, fds[MOST], count = atoi(argv[2]), passes = atoi(argv[3]);
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == -1) return 1;
  if (!strcmp(argv[1], "pair")) {
    pid_t child = fork();
    if (child == 0) {
      send_back(pair[1], count, passes);
      _exit(0);
    }
    there_and_back(pair[0], lent, count, 2);
    double begin = now();
    there_and_back(pair[0], lent, count, passes - 2);
    printf("%f\n", (now() - begin) / (passes - 2));
    waitpid(child, NULL, 0);
  } else {
    double begin = now();
    for (int i = 0; i < passes; i++) {
      give(pair[0], lent, count);
      take(pair[1], fds, count);
      close_all(fds, count);
    }
    printf("%f\n", (now() - begin) / passes);
  }
  return 0;
}
