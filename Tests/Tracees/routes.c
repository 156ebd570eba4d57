// Ways that descriptors take: to addresses, before an accept, over several sockets.
#define _GNU_SOURCE
#include "tracees.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static int new_file(void) { return memfd_create("parcel", MFD_CLOEXEC); }

// A path, or for `@name` an abstract address.
static socklen_t address_of(const char *name, struct sockaddr_un *address) {
  memset(address, 0, sizeof *address);
  address->sun_family = AF_UNIX;
  strncpy(address->sun_path, name, sizeof address->sun_path - 1);
  if (*name == '@') address->sun_path[0] = 0;
  return (socklen_t)(sizeof(sa_family_t) + strlen(name) + (*name == '@' ? 0 : 1));
}

static ssize_t send_to(int sock, const char *name, int file) {
  char control[CMSG_SPACE(sizeof file)] = {0};
  struct sockaddr_un address;
  struct iovec iov = {"datagram", 8};
  struct msghdr msg = {.msg_name = &address, .msg_iov = &iov, .msg_iovlen = 1};
  msg.msg_namelen = address_of(name, &address);
  msg.msg_control = control;
  msg.msg_controllen = sizeof control;
  struct cmsghdr *cmsg = CMSG_FIRSTHDR(&msg);
  cmsg->cmsg_level = SOL_SOCKET;
  cmsg->cmsg_type = SCM_RIGHTS;
  cmsg->cmsg_len = CMSG_LEN(sizeof file);
  memcpy(CMSG_DATA(cmsg), &file, sizeof file);
  return sendmsg(sock, &msg, 0);
}

static int take(int sock) {
  char data[64];
  int got = 0, received[4];
  receive_fds(sock, data, sizeof data, received, 4, &got);
  return got == 1 ? received[0] : -1;
}

// Three senders and one bound socket: a stranger by its address, one connected to it, and one
// that has to be told where to go by a relative path.
int to_address(const char *name, const char *relative) {
  int receiver = socket(AF_UNIX, SOCK_DGRAM, 0), stranger = socket(AF_UNIX, SOCK_DGRAM, 0);
  int connected = socket(AF_UNIX, SOCK_DGRAM, 0), other = socket(AF_UNIX, SOCK_DGRAM, 0);
  struct sockaddr_un address;
  socklen_t length = address_of(name, &address);
  if (bind(receiver, (struct sockaddr *)&address, length) == -1) return 2;
  if (connect(connected, (struct sockaddr *)&address, length) == -1) return 3;
  // The other one is connected elsewhere first.
  struct sockaddr_un own = {.sun_family = AF_UNIX};
  bind(other, (struct sockaddr *)&own, sizeof own.sun_family);
  socklen_t own_length = sizeof own;
  getsockname(other, (struct sockaddr *)&own, &own_length);
  if (connect(other, (struct sockaddr *)&own, own_length) == -1) return 4;
  send_to(stranger, name, new_file());
  if (sendto(stranger, "plain", 5, 0, (struct sockaddr *)&address, length) != 5) return 5;
  send_to(stranger, relative, new_file());
  int file = new_file();
  send_fds(connected, "c", 1, &file, 1);
  if (connect(other, (struct sockaddr *)&address, length) == -1) return 6;
  file = new_file();
  send_fds(other, "o", 1, &file, 1);
  for (int i = 0; i < 5; i++) take(receiver);
  if (*name != '@') unlink(name);
  return 0;
}

// A socket is connected to another one, and then to nobody, and the other one answers it.
int disconnect(void) {
  int one = socket(AF_UNIX, SOCK_DGRAM, 0), other = socket(AF_UNIX, SOCK_DGRAM, 0);
  int file = new_file();
  char names[2][32];
  struct sockaddr_un addresses[2];
  struct sockaddr nobody = {.sa_family = AF_UNSPEC};
  socklen_t lengths[2];
  for (int i = 0; i < 2; i++) {
    snprintf(names[i], sizeof names[i], "@disconnect-%d-%d", getpid(), i);
    lengths[i] = address_of(names[i], &addresses[i]);
    if (bind(i == 0 ? one : other, (struct sockaddr *)&addresses[i], lengths[i]) == -1) return 2;
  }
  if (connect(one, (struct sockaddr *)&addresses[1], lengths[1]) == -1) return 3;
  send_fds(one, "o", 1, &file, 1);
  if (take(other) < 0 || connect(one, &nobody, sizeof nobody.sa_family) == -1) return 4;
  send_to(other, names[0], file);
  return take(one) < 0 ? 5 : 0;
}

// Two messages with descriptors are there before anybody accepts.
int before_accept(const char *name) {
  int listener = socket(AF_UNIX, SOCK_STREAM, 0), client = socket(AF_UNIX, SOCK_STREAM, 0);
  struct sockaddr_un address;
  socklen_t length = address_of(name, &address);
  if (bind(listener, (struct sockaddr *)&address, length) == -1) return 2;
  listen(listener, 1);
  if (connect(client, (struct sockaddr *)&address, length) == -1) return 3;
  int files[2] = {new_file(), new_file()};
  send_fds(client, "a", 1, &files[0], 1);
  send_fds(client, "b", 1, &files[1], 1);
  close(client);
  int accepted = accept(listener, NULL, NULL);
  int first = take(accepted), second = take(accepted);
  if (*name != '@') unlink(name);
  return first >= 0 && second >= 0 ? 0 : 4;
}

// A file goes from the parent to one child, from there to another, and back.
int relay(void) {
  int first[2], second[2], back[2];
  socketpair(AF_UNIX, SOCK_STREAM, 0, first);
  socketpair(AF_UNIX, SOCK_STREAM, 0, second);
  socketpair(AF_UNIX, SOCK_STREAM, 0, back);
  if (fork() == 0) {
    int file = take(first[1]);
    int copy = dup(file);
    send_fds(second[0], "2", 1, &copy, 1);
    _exit(0);
  }
  if (fork() == 0) {
    int file = take(second[1]);
    // A grandchild has what its parent received.
    pid_t child = fork();
    if (child == 0) {
      send_fds(back[0], "3", 1, &file, 1);
      _exit(0);
    }
    waitpid(child, NULL, 0);
    _exit(0);
  }
  int file = new_file();
  send_fds(first[0], "1", 1, &file, 1);
  int received = take(back[1]);
  while (wait(NULL) > 0) continue;
  return received >= 0 ? 0 : 1;
}

// Two processes that send to each other at once; nobody closes anything before both are done.
int conversation(void) {
  int pair[2], files[4], received[64], count = 0, got;
  char data[8];
  socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair);
  pid_t child = fork();
  int own = pair[child == 0];
  for (int i = 0; i < 4; i++) files[i] = new_file();
  for (int round = 0; round < 6; round++) {
    send_fds(own, "message", (size_t)(round % 3 + 1), files, round % 4);
    send_fds(own, "again", 5, files + 1, 2);
    receive_fds(own, data, sizeof data, received + count, 8, &got);
    count += got;
  }
  for (int round = 0; round < 6; round++) {
    receive_fds(own, data, sizeof data, received + count, 8, &got);
    count += got;
  }
  // The last word: the other one may go.
  send_fds(own, "", 0, NULL, 0);
  receive_fds(own, data, sizeof data, received, 8, &got);
  if (child == 0) _exit(count == 20 ? 0 : 1);
  waitpid(child, NULL, 0);
  return count == 20 ? 0 : 1;
}

// A socket goes over a socket, and the one who got it speaks through it; then one goes over itself.
int sockets_over_sockets(void) {
  int outer[2], inner[2];
  socketpair(AF_UNIX, SOCK_STREAM, 0, outer);
  socketpair(AF_UNIX, SOCK_STREAM, 0, inner);
  send_fds(outer[0], "s", 1, &inner[0], 1);
  close(inner[0]);
  int through = take(outer[1]);
  int file = new_file();
  send_fds(through, "f", 1, &file, 1);
  if (take(inner[1]) < 0) return 1;
  send_fds(outer[0], "x", 1, &outer[0], 1);
  int itself = take(outer[1]);
  send_fds(itself, "y", 1, &outer[1], 1);
  return take(outer[1]) < 0 ? 2 : 0;
}
