// `tracees changed HOW`: one call that somebody else may change, by a program that looks afterwards
// whether all is as it was. It ends with 10 and the number of descriptors it was given, with 50 when
// the call failed, and with 99 when something of its own was not put back.
//
//   send        a send of two files
//   several     a sendmmsg of two messages, of which the second has the files
//   receive     a receive with room for two, which are queued
//   cramped     a receive with room for one of two
//   waiting     a receive for which a child sends; a signal interrupts it before
//   attached    the same without the signal, and the child sends at SIGUSR1
#define _GNU_SOURCE
#include "tracees.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

static char data[8] = "data";
static int pair[2];

static void ignore(int number) { (void)number; }

// The call by itself, and whether the register of its flags is what it was.
static long message_call(long number, struct msghdr *msg, long flags, int *is_kept) {
#if defined(__x86_64__)
  long result = number;
  register long third __asm__("rdx") = flags;
  __asm__ volatile("syscall"
                   : "+a"(result), "+r"(third)
                   : "D"((long)(number == SYS_sendmsg ? pair[0] : pair[1])), "S"(msg)
                   : "rcx", "r11", "memory");
  *is_kept = third == flags;
  return result;
#else
  *is_kept = 1;
  return syscall(number, number == SYS_sendmsg ? pair[0] : pair[1], msg, flags);
#endif
}

static int descriptors(struct msghdr *msg) {
  int count = 0;
  for (struct cmsghdr *cmsg = CMSG_FIRSTHDR(msg); cmsg; cmsg = CMSG_NXTHDR(msg, cmsg))
    if (cmsg->cmsg_type == SCM_RIGHTS)
      count += (int)((cmsg->cmsg_len - CMSG_LEN(0)) / sizeof(int));
  return count;
}

static int call(long number, long flags, size_t room) {
  char control[CMSG_SPACE(2 * sizeof(int))] = "", before[sizeof control];
  struct iovec iov = {data, 4}, iov_before = iov;
  struct msghdr msg = {.msg_iov = &iov, .msg_iovlen = 1, .msg_control = control};
  msg.msg_controllen = room;
  if (number == SYS_sendmsg) {
    int files[2] = {memfd_create("first", MFD_CLOEXEC), memfd_create("second", MFD_CLOEXEC)};
    struct cmsghdr *cmsg = CMSG_FIRSTHDR(&msg);
    *cmsg = (struct cmsghdr){CMSG_LEN(sizeof files), SOL_SOCKET, SCM_RIGHTS};
    memcpy(CMSG_DATA(cmsg), files, sizeof files);
  }
  memcpy(before, control, sizeof control);
  struct msghdr msg_before = msg;
  struct rlimit limit_before, limit;
  getrlimit(RLIMIT_NOFILE, &limit_before);
  int is_kept;
  long result = message_call(number, &msg, flags, &is_kept);
  getrlimit(RLIMIT_NOFILE, &limit);
  // What the kernel answers is no longer ours.
  int count = result < 0 || number == SYS_sendmsg ? 0 : descriptors(&msg);
  if (result >= 0 && number == SYS_recvmsg) {
    if (msg.msg_controllen > room) return 99;
    msg.msg_controllen = msg_before.msg_controllen;
    msg.msg_flags = msg_before.msg_flags;
    memcpy(before, control, sizeof control);
  }
  int is_same = is_kept && !memcmp(&msg, &msg_before, sizeof msg)
                && !memcmp(&iov, &iov_before, sizeof iov)
                && !memcmp(control, before, sizeof control)
                && limit.rlim_cur == limit_before.rlim_cur;
  return !is_same ? 99 : result < 0 ? 50 : 10 + count;
}

static int send_several(void) {
  char control[CMSG_SPACE(2 * sizeof(int))] = "", before[sizeof control];
  int files[2] = {memfd_create("first", MFD_CLOEXEC), memfd_create("second", MFD_CLOEXEC)};
  struct iovec iov = {data, 4};
  struct mmsghdr messages[2] = {
      {.msg_hdr = {.msg_iov = &iov, .msg_iovlen = 1}},
      {.msg_hdr = {.msg_iov = &iov, .msg_iovlen = 1, .msg_control = control,
                   .msg_controllen = sizeof control}}};
  struct cmsghdr *cmsg = CMSG_FIRSTHDR(&messages[1].msg_hdr);
  *cmsg = (struct cmsghdr){CMSG_LEN(sizeof files), SOL_SOCKET, SCM_RIGHTS};
  memcpy(CMSG_DATA(cmsg), files, sizeof files);
  struct msghdr header = messages[1].msg_hdr;
  memcpy(before, control, sizeof control);
  int result = sendmmsg(pair[0], messages, 2, 0);
  int is_same = !memcmp(&header, &messages[1].msg_hdr, sizeof header)
                && !memcmp(control, before, sizeof control);
  return !is_same ? 99 : result == 2 ? 10 : 50;
}

static int wait_for_child(const char *how) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGUSR1);
  pid_t parent = getpid();
  int is_attached = !strcmp(how, "attached");
  if (!is_attached)
    sigaction(SIGUSR1, &(struct sigaction){.sa_handler = ignore, .sa_flags = SA_RESTART}, NULL);
  else
    sigprocmask(SIG_BLOCK, &set, NULL);
  if (fork() == 0) {
    int number;
    if (is_attached)
      sigwait(&set, &number);
    else
      kill(parent, SIGUSR1);
    _exit(call(SYS_sendmsg, MSG_NOSIGNAL, CMSG_SPACE(2 * sizeof(int))));
  }
  if (is_attached) dprintf(1, "ready\n");
  int status = call(SYS_recvmsg, 0, CMSG_SPACE(2 * sizeof(int)));
  if (is_attached) dprintf(1, "status %d\n", status);
  return status;
}

int run_changed(int argc, char **argv) {
  if (argc < 3 || strcmp(argv[1], "changed")) return -1;
  socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
  if (!strcmp(argv[2], "waiting") || !strcmp(argv[2], "attached")) return wait_for_child(argv[2]);
  if (!strcmp(argv[2], "several")) return send_several();
  int sent = call(SYS_sendmsg, MSG_NOSIGNAL, CMSG_SPACE(2 * sizeof(int)));
  if (!strcmp(argv[2], "send")) return sent;
  size_t room = !strcmp(argv[2], "cramped") ? CMSG_LEN(sizeof(int)) : CMSG_SPACE(2 * sizeof(int));
  return call(SYS_recvmsg, MSG_CMSG_CLOEXEC, room);
}
