#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static int enter(const char *path, int type) {
  int namespace = open(path, O_RDONLY | O_CLOEXEC);
  if (namespace == -1) return -errno;
  int result = setns(namespace, type) == -1 ? -errno : 0;
  close(namespace);
  return result;
}

// Sends the socket home, or the error number alone.
static _Noreturn void send_socket(int home, int made) {
  union {
    struct cmsghdr header;
    char bytes[CMSG_SPACE(sizeof made)];
  } control = {.header = {CMSG_LEN(sizeof made), SOL_SOCKET, SCM_RIGHTS}};
  struct iovec data = {&made, sizeof made};
  struct msghdr message = {.msg_iov = &data, .msg_iovlen = 1};
  if (made >= 0) {
    memcpy(CMSG_DATA(&control.header), &made, sizeof made);
    message.msg_control = control.bytes;
    message.msg_controllen = sizeof control.bytes;
  }
  _exit(sendmsg(home, &message, 0) == -1);
}

static int receive_socket(int from) {
  int answer = -ESRCH, got;
  char control[CMSG_SPACE(sizeof got)];
  struct iovec data = {&answer, sizeof answer};
  struct msghdr message = {.msg_iov = &data, .msg_iovlen = 1};
  message.msg_control = control;
  message.msg_controllen = sizeof control;
  if (recvmsg(from, &message, MSG_CMSG_CLOEXEC) != sizeof answer || answer < 0)
    return answer < 0 ? answer : -ESRCH;
  struct cmsghdr *header = CMSG_FIRSTHDR(&message);
  if (!header || header->cmsg_len != CMSG_LEN(sizeof got)) return -EMFILE;
  memcpy(&got, CMSG_DATA(header), sizeof got);
  return got;
}

int clinux_socket_in_network_of(pid_t pid, int family, int type, int protocol) {
  int pair[2];
  char users[64], network[64];
  snprintf(users, sizeof users, "/proc/%d/ns/user", pid);
  snprintf(network, sizeof network, "/proc/%d/ns/net", pid);
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) == -1) return -errno;
  // Handlers of ours must not run in the child.
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  pid_t child = fork();
  if (child == 0) {
    // Whoever may enter the network already may be refused its users, and needs them not.
    enter(users, CLONE_NEWUSER);
    int result = enter(network, CLONE_NEWNET);
    if (result == 0 && (result = socket(family, type | SOCK_CLOEXEC, protocol)) == -1)
      result = -errno;
    send_socket(pair[1], result);
  }
  int result = -errno;
  close(pair[1]);
  if (child > 0) {
    result = receive_socket(pair[0]);
    while (waitpid(child, NULL, 0) == -1 && errno == EINTR) {
    }
  }
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  close(pair[0]);
  return result;
}
