// `tracees exchange TYPE WORD…`: one end of a pair sends, the other receives, word by word.
//
//   sN sN+K sN+K!  sendmsg of N bytes, with K new files, which are closed at once
//   eN pN          sendmsg of N bytes with an eventfd, or with the end of a pipe, closed at once
//   nN             the same with /dev/null, which is opened anew under the same number
//   wN WN          write, pwritev2 with offset -1
//   xN fN          splice of N bytes from a pipe, sendfile of N bytes
//   oN oN+K        sendmsg with MSG_OOB: the last byte is urgent
//   rN rN+K        recvmsg into N bytes, with room for K descriptors (8); r0 offers no bytes
//   tN             recvmsg without a control buffer
//   aN             recvmsg with MSG_WAITALL
//   kN ON EN CN    recvmsg with MSG_PEEK, MSG_OOB, MSG_ERRQUEUE, MSG_TRUNC
//   RN VN KN cN    read, recv, recv with MSG_PEEK, recv with MSG_TRUNC
//   vN             preadv2 with offset -1
//   XN             splice into a pipe
//   UN             an asynchronous read, which nobody watches
//   I  P           SO_OOBINLINE, SO_PEEK_OFF: peeks go on where the last one ended
//   M              sendmmsg of three messages with a file each, of which the last has none
//   G              recvmmsg into four
//   S              shutdown of the sending end
//   D              a duplicate receives from here on
//   ( … )          a child does this; the parent waits for it
#define _GNU_SOURCE
#include "tracees.h"

#include <fcntl.h>
#include <linux/aio_abi.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

enum { most = 1 << 20 };
static char buffer[most];
static int sender, receiver;
static unsigned char next_byte;

// No two neighbouring messages look alike.
static void fill(size_t count) {
  for (size_t i = 0; i < count; i++) buffer[i] = (char)next_byte++;
  next_byte += 17;
}

static void send_urgent(size_t count, int files) {
  char control[CMSG_SPACE(sizeof(int) * 8)] = {0};
  int fds[8] = {0};
  size_t size = sizeof(int) * (size_t)files;
  struct iovec iov = {buffer, count};
  struct msghdr msg = {.msg_iov = &iov, .msg_iovlen = 1, .msg_control = files ? control : NULL};
  msg.msg_controllen = files ? CMSG_SPACE(size) : 0;
  fill(count);
  for (int i = 0; i < files; i++) fds[i] = memfd_create("parcel", MFD_CLOEXEC);
  if (files) {
    struct cmsghdr *cmsg = CMSG_FIRSTHDR(&msg);
    *cmsg = (struct cmsghdr){CMSG_LEN(size), SOL_SOCKET, SCM_RIGHTS};
    memcpy(CMSG_DATA(cmsg), fds, size);
  }
  if (sendmsg(sender, &msg, MSG_OOB) == -1) exit(8);
}

static void send_file(size_t count) {
  int file = memfd_create("data", MFD_CLOEXEC);
  fill(count);
  if (write(file, buffer, count) == -1) exit(4);
  off_t start = 0;
  if (sendfile(sender, file, &start, count) == -1) exit(9);
  close(file);
}

static ssize_t read_unseen(size_t count) {
  aio_context_t context = 0;
  struct io_event event;
  struct iocb request = {
      .aio_lio_opcode = IOCB_CMD_PREAD, .aio_fildes = (uint32_t)receiver,
      .aio_buf = (uintptr_t)buffer, .aio_nbytes = count};
  struct iocb *requests[] = {&request};
  if (syscall(SYS_io_setup, 1, &context) == -1) return -1;
  if (syscall(SYS_io_submit, context, 1, requests) != 1) return -1;
  if (syscall(SYS_io_getevents, context, 1, 1, &event, NULL) != 1) return -1;
  syscall(SYS_io_destroy, context);
  return event.res;
}

static void set(int option, int value) {
  if (setsockopt(receiver, SOL_SOCKET, option, &value, sizeof value) == -1) exit(10);
}

static void send_files(size_t count, int files, int closes) {
  int fds[253];
  fill(count);
  for (int i = 0; i < files; i++) fds[i] = memfd_create("parcel", MFD_CLOEXEC);
  send_fds(sender, buffer, count, fds, files);
  for (int i = 0; i < files && closes; i++) close(fds[i]);
}

static void send_other(size_t count, char kind) {
  int pipe_ends[2], file;
  if (kind == 'p' && pipe(pipe_ends) == -1) exit(6);
  file = kind == 'e' ? eventfd(0, 0) : kind == 'p' ? pipe_ends[1] : open("/dev/null", O_RDWR);
  fill(count);
  send_fds(sender, buffer, count, &file, 1);
  close(file);
  if (kind == 'n' && open("/dev/null", O_RDWR) != file) exit(7);
}

static void receive_files(size_t count, int room, int flags) {
  char control[CMSG_SPACE(sizeof(int) * 253)];
  struct iovec iov = {buffer, count};
  struct msghdr msg = {.msg_iov = &iov, .msg_iovlen = 1, .msg_control = room ? control : NULL};
  msg.msg_controllen = room ? CMSG_LEN(sizeof(int) * (size_t)room) : 0;
  recvmsg(receiver, &msg, MSG_CMSG_CLOEXEC | flags);
}

static void splice_through_pipe(size_t count, int into_socket) {
  int pipe_ends[2];
  if (pipe(pipe_ends) == -1) exit(3);
  if (into_socket) {
    fill(count);
    if (write(pipe_ends[1], buffer, count) == -1) exit(4);
    splice(pipe_ends[0], NULL, sender, NULL, count, 0);
  } else {
    splice(receiver, NULL, pipe_ends[1], NULL, count, 0);
  }
  close(pipe_ends[0]);
  close(pipe_ends[1]);
}

static void many_messages(int sends) {
  char data[4][8], control[4][CMSG_SPACE(sizeof(int))];
  struct iovec iov[4];
  struct mmsghdr messages[4];
  memset(messages, 0, sizeof messages);
  memset(control, 0, sizeof control);
  for (int i = 0; i < 4; i++) {
    memset(data[i], 'a' + i, sizeof data[i]);
    iov[i] = (struct iovec){data[i], sizeof data[i]};
    struct msghdr *msg = &messages[i].msg_hdr;
    *msg = (struct msghdr){.msg_iov = &iov[i], .msg_iovlen = 1, .msg_control = control[i]};
    msg->msg_controllen = CMSG_LEN(sizeof(int));
    struct cmsghdr *cmsg = CMSG_FIRSTHDR(msg);
    cmsg->cmsg_level = SOL_SOCKET;
    cmsg->cmsg_type = SCM_RIGHTS;
    cmsg->cmsg_len = CMSG_LEN(sizeof(int));
    int file = i == 2 ? 999 : memfd_create("parcel", MFD_CLOEXEC);
    memcpy(CMSG_DATA(cmsg), &file, sizeof file);
  }
  if (sends)
    sendmmsg(sender, messages, 3, 0);
  else
    recvmmsg(receiver, messages, 4, MSG_DONTWAIT, NULL);
}

static void say(const char *word) {
  char *rest;
  size_t count = strtoul(word + 1, &rest, 10);
  int files = *rest == '+' ? (int)strtol(rest + 1, &rest, 10) : 0;
  struct iovec iov = {buffer, count};
  ssize_t result = 0;
  switch (*word) {
    case 's': send_files(count, files, *rest == '!'); break;
    case 'e': case 'p': case 'n': send_other(count, *word); break;
    case 'w': fill(count), result = write(sender, buffer, count); break;
    case 'W': fill(count), result = pwritev2(sender, &iov, 1, -1, 0); break;
    case 'x': splice_through_pipe(count, 1); break;
    case 'f': send_file(count); break;
    case 'o': send_urgent(count, files); break;
    case 'r': receive_files(count, files ? files : 8, 0); break;
    case 't': receive_files(count, 0, 0); break;
    case 'a': receive_files(count, 8, MSG_WAITALL); break;
    case 'k': receive_files(count, 8, MSG_PEEK); break;
    case 'O': receive_files(count, 8, MSG_OOB); break;
    case 'E': receive_files(count, 8, MSG_ERRQUEUE); break;
    case 'C': receive_files(count, 8, MSG_TRUNC); break;
    case 'R': result = read(receiver, buffer, count); break;
    case 'V': recv(receiver, buffer, count, 0); break;
    case 'K': recv(receiver, buffer, count, MSG_PEEK); break;
    case 'X': splice_through_pipe(count, 0); break;
    case 'c': recv(receiver, buffer, count, MSG_TRUNC); break;
    case 'v': result = preadv2(receiver, &iov, 1, -1, 0); break;
    case 'U': result = read_unseen(count); break;
    case 'I': set(SO_OOBINLINE, 1); break;
    case 'P': set(SO_PEEK_OFF, 0); break;
    case 'M': many_messages(1); break;
    case 'G': many_messages(0); break;
    case 'S': shutdown(sender, SHUT_WR); break;
    case 'D': receiver = dup(receiver); break;
    default: exit(64);
  }
  if (result < 0) exit(5);
}

int exchange(const char *type, char **words) {
  int pair[2];
  int kind = !strcmp(type, "stream") ? SOCK_STREAM
             : !strcmp(type, "seqpacket") ? SOCK_SEQPACKET : SOCK_DGRAM;
  if (socketpair(AF_UNIX, kind, 0, pair) == -1) return 2;
  sender = pair[0];
  receiver = pair[1];
  for (; *words; words++) {
    if (!strcmp(*words, "(")) {
      pid_t child = fork();
      if (child == 0) continue;
      while (strcmp(*words, ")")) words++;
      waitpid(child, NULL, 0);
    } else if (!strcmp(*words, ")")) {
      _exit(0);
    } else {
      say(*words);
    }
  }
  return 0;
}
