// `passing self|pair DESCRIPTORS PASSES`: what Sources/passing/main.swift does, with the same system
// calls and no library, and with the care that the calls ask for: it tries again after a signal, reads
// every control message, and looks for truncation. The library also refuses what the kernel would lose,
// keeps its memory out of the padding, and closes what comes beyond the room.
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
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
  ssize_t sent;
  do sent = sendmsg(sock, &msg, MSG_NOSIGNAL);
  while (sent == -1 && errno == EINTR);
  if (sent != 1) _exit(2);
}

static void take(int sock, int *fds, int count) {
  union control control;
  char data;
  struct iovec iov = {&data, 1};
  struct msghdr msg;
  ssize_t received;
  do {
    msg = (struct msghdr){.msg_iov = &iov,
                          .msg_iovlen = 1,
                          .msg_control = &control,
                          .msg_controllen = CMSG_LEN(count * sizeof(int))};
    received = recvmsg(sock, &msg, MSG_CMSG_CLOEXEC);
  } while (received == -1 && errno == EINTR);
  if (received != 1) _exit(3);
  size_t got = 0;
  for (struct cmsghdr *cmsg = CMSG_FIRSTHDR(&msg); cmsg; cmsg = CMSG_NXTHDR(&msg, cmsg))
    if (cmsg->cmsg_level == SOL_SOCKET && cmsg->cmsg_type == SCM_RIGHTS) {
      size_t length = cmsg->cmsg_len - CMSG_LEN(0);
      memcpy((char *)fds + got, CMSG_DATA(cmsg), length);
      got += length;
    }
  if (msg.msg_flags & (MSG_TRUNC | MSG_CTRUNC) || got != count * sizeof(int)) _exit(4);
}

static void close_all(const int *fds, int count) {
  for (int i = 0; i < count; i++) close(fds[i]);
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
    there_and_back(pair[0], lent, count, passes);
    waitpid(child, NULL, 0);
  } else {
    for (int i = 0; i < passes; i++) {
      give(pair[0], lent, count);
      take(pair[1], fds, count);
      close_all(fds, count);
    }
  }
  return 0;
}
