// Messages of every kind, the same ones in each run, to compare what two tracers say of them.
#define _GNU_SOURCE
#include "tracees.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { room = 4096 };

// One control message after the other, in the buffer of a message.
struct draft {
  struct msghdr header;
  struct iovec data;
  char text[16];
  union {
    struct cmsghdr aligned;
    char bytes[room];
  } control;
};

static struct draft *new_draft(size_t length) {
  struct draft *draft = calloc(1, sizeof *draft);
  memcpy(draft->text, "0123456789abcdef", sizeof draft->text);
  draft->data.iov_base = draft->text;
  draft->data.iov_len = length;
  draft->header.msg_iov = &draft->data;
  draft->header.msg_iovlen = 1;
  return draft;
}

static void add(struct draft *draft, int type, const void *data, size_t size) {
  struct msghdr *header = &draft->header;
  header->msg_control = draft->control.bytes;
  struct cmsghdr *cmsg = (struct cmsghdr *)(draft->control.bytes + header->msg_controllen);
  cmsg->cmsg_level = SOL_SOCKET;
  cmsg->cmsg_type = type;
  cmsg->cmsg_len = CMSG_LEN(size);
  memcpy(CMSG_DATA(cmsg), data, size);
  header->msg_controllen += CMSG_SPACE(size);
}

static void add_rights(struct draft *draft, int count) {
  int descriptors[300];
  for (int i = 0; i < count; i++) descriptors[i] = i % 3;
  add(draft, SCM_RIGHTS, descriptors, sizeof(int) * (size_t)count);
}

static void send_draft(int socket, struct draft *draft) {
  sendmsg(socket, &draft->header, MSG_NOSIGNAL);
  free(draft);
}

static void send_rights(int socket, size_t length, int count) {
  struct draft *draft = new_draft(length);
  if (count > 0) add_rights(draft, count);
  send_draft(socket, draft);
}

// Takes up to `length` bytes and control data of `capacity`, and closes what came.
static void take(int socket, size_t length, size_t capacity, int flags) {
  struct draft *draft = new_draft(length);
  draft->header.msg_control = capacity ? draft->control.bytes : NULL;
  draft->header.msg_controllen = capacity;
  ssize_t result = recvmsg(socket, &draft->header, flags);
  for (struct cmsghdr *cmsg = result < 0 ? NULL : CMSG_FIRSTHDR(&draft->header); cmsg;
       cmsg = CMSG_NXTHDR(&draft->header, cmsg))
    if (cmsg->cmsg_type == SCM_RIGHTS)
      for (size_t at = 0; at + CMSG_LEN(0) + sizeof(int) <= cmsg->cmsg_len; at += sizeof(int))
        close(*(int *)(CMSG_DATA(cmsg) + at));
  free(draft);
}

static void counts(int type) {
  static const int some[] = {1, 2, 3, 10, 100, 252, 253};
  int pair[2];
  socketpair(AF_UNIX, type, 0, pair);
  for (size_t i = 0; i < sizeof some / sizeof *some; i++) {
    send_rights(pair[0], 5, some[i]);
    take(pair[1], 5, room, i % 2 ? MSG_CMSG_CLOEXEC : 0);
  }
  send_rights(pair[0], 0, type == SOCK_STREAM ? 0 : 2);
  if (type != SOCK_STREAM) take(pair[1], 5, room, 0);
  close(pair[0]);
  close(pair[1]);
}

static void several_control_messages(void) {
  int pair[2], on = 1, bad = 999;
  struct ucred me = {getpid(), getuid(), getgid()};
  socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
  setsockopt(pair[1], SOL_SOCKET, SO_PASSCRED, &on, sizeof on);
  struct draft *draft = new_draft(3);
  add_rights(draft, 1);
  add(draft, SCM_CREDENTIALS, &me, sizeof me);
  add_rights(draft, 2);
  send_draft(pair[0], draft);
  take(pair[1], 9, room, 0);
  draft = new_draft(3);
  add(draft, SCM_RIGHTS, &bad, sizeof bad);
  send_draft(pair[0], draft);  // EBADF
  send_rights(pair[0], 3, 254);  // EINVAL
  draft = new_draft(3);
  add(draft, 77, &bad, sizeof bad);
  send_draft(pair[0], draft);  // EINVAL
  take(pair[1], 9, room, MSG_DONTWAIT);  // EAGAIN
}

static void parts(void) {
  int pair[2];
  socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
  send_rights(pair[0], 9, 2);
  for (int i = 0; i < 2; i++) take(pair[1], 9, room, MSG_PEEK);
  take(pair[1], 4, room, 0);
  take(pair[1], 9, room, 0);
  send_rights(pair[0], 4, 0);
  send_rights(pair[0], 4, 1);
  send_rights(pair[0], 4, 0);
  send_rights(pair[0], 4, 3);
  take(pair[1], 16, room, 0);
  take(pair[1], 16, CMSG_LEN(sizeof(int)), 0);  // cut short
  send_rights(pair[0], 4, 3);
  take(pair[1], 16, CMSG_SPACE(sizeof(int)), 0);  // with slack for one more
  send_rights(pair[0], 4, 3);
  take(pair[1], 16, 0, 0);  // no room at all
}

static void several_messages(int bad_one) {
  int pair[2], bad = 999;
  struct mmsghdr sent[3], taken[4];
  struct draft *drafts[7];
  socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair);
  for (int i = 0; i < 3; i++) {
    drafts[i] = new_draft((size_t)i + 1);
    if (i == bad_one)
      add(drafts[i], SCM_RIGHTS, &bad, sizeof bad);
    else
      add_rights(drafts[i], i + 1);
    sent[i].msg_hdr = drafts[i]->header;
    sent[i].msg_len = 0;
  }
  for (int i = 0; i < 4; i++) {
    drafts[3 + i] = new_draft(8);
    drafts[3 + i]->header.msg_control = drafts[3 + i]->control.bytes;
    drafts[3 + i]->header.msg_controllen = room;
    taken[i].msg_hdr = drafts[3 + i]->header;
    taken[i].msg_len = 0;
  }
  sendmmsg(pair[0], sent, 3, 0);
  recvmmsg(pair[1], taken, 4, MSG_DONTWAIT, NULL);
  for (int i = 0; i < 7; i++) free(drafts[i]);
}

// Between two processes, one message at a time.
static void there_and_back(void) {
  int pair[2];
  socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair);
  pid_t child = fork();
  for (int i = 1; i <= 20; i++) {
    if (child == 0) take(pair[1], 8, room, 0);
    send_rights(pair[child == 0], 4, i);
    if (child != 0) take(pair[0], 8, room, 0);
  }
  if (child == 0) _exit(0);
  waitpid(child, NULL, 0);
}

int run_varied(int argc, char **argv) {
  if (argc < 2 || strcmp(argv[1], "varied")) return -1;
  counts(SOCK_STREAM);
  counts(SOCK_SEQPACKET);
  counts(SOCK_DGRAM);
  several_control_messages();
  parts();
  several_messages(-1);
  several_messages(2);
  several_messages(0);
  there_and_back();
  return 0;
}
