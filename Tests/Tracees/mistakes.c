// Programs that make one mistake each in passing descriptors, and some that make none.
#define _GNU_SOURCE
#include "tracees.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

static int pair_of(int type, int pair[2]) { return socketpair(AF_UNIX, type, 0, pair); }

static int truncated(void) {
  int pair[2], got, received[4], files[3] = {0, 1, 2};
  char data[1];
  socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
  send_fds(pair[0], "t", 1, files, 3);
  receive_fds(pair[1], data, 1, received, 1, &got);
  return got == 1 ? close(received[0]) : 1;
}

static int truncate_by_table(void) {
  int pair[2], got, received[4], files[3] = {0, 1, 2};
  char data[1];
  pair_of(SOCK_STREAM, pair);
  send_fds(pair[0], "t", 1, files, 3);
  struct rlimit limit = {(rlim_t)pair[1] + 2, (rlim_t)pair[1] + 2};
  setrlimit(RLIMIT_NOFILE, &limit);
  receive_fds(pair[1], data, 1, received, 4, &got);
  return got == 1 ? close(received[0]) : 1;
}

static int plain_read(void) {
  int pair[2], file = 1;
  char data[1];
  pair_of(SOCK_STREAM, pair);
  send_fds(pair[0], "t", 1, &file, 1);
  return read(pair[1], data, 1) == 1 ? 0 : 1;
}

// The same by a call that few programs make.
static int plain_preadv2(void) {
  int pair[2], file = 1;
  char data[1];
  struct iovec iov = {data, sizeof data};
  pair_of(SOCK_STREAM, pair);
  send_fds(pair[0], "t", 1, &file, 1);
  return preadv2(pair[1], &iov, 1, -1, 0) == 1 ? 0 : 1;
}

// A control buffer where no memory is, for which the kernel has no error.
static int buffer_nowhere(void) {
  int pair[2], file = 1;
  char data[1];
  struct iovec iov = {data, sizeof data};
  struct msghdr msg = {.msg_iov = &iov, .msg_iovlen = 1, .msg_control = (void *)8};
  msg.msg_controllen = 64;
  pair_of(SOCK_STREAM, pair);
  send_fds(pair[0], "t", 1, &file, 1);
  return recvmsg(pair[1], &msg, 0) == 1 ? 0 : 1;
}

// Sends and receives through numbers that are no sockets, and no messages through one that is.
static int through_no_socket(void) {
  int pair[2], file = open("/dev/null", O_RDWR | O_CLOEXEC), got, received[1];
  struct mmsghdr none[1];
  char data[1];
  pair_of(SOCK_STREAM, pair);
  send_fds(-1, "t", 1, NULL, 0);
  receive_fds(99, data, 1, received, 1, &got);
  send_fds(file, "t", 1, NULL, 0);
  receive_fds(file, data, 1, received, 1, &got);
  return sendmmsg(pair[0], none, 0, 0) != 0;
}

static int no_buffer(void) {
  int pair[2], got, received[1], file = 1;
  char data[1];
  pair_of(SOCK_STREAM, pair);
  send_fds(pair[0], "t", 1, &file, 1);
  receive_fds(pair[1], data, 1, received, 0, &got);
  return 0;
}

static int zero_bytes(void) {
  int pair[2], file = 1;
  pair_of(SOCK_STREAM, pair);
  return send_fds(pair[0], "", 0, &file, 1) == 0 ? 0 : 1;
}

// The next receive leaves the urgent byte out, and what came with it.
static int urgent(void) {
  int pair[2], file = 1, got, received[1];
  char control[CMSG_SPACE(sizeof file)] = {0}, data[8];
  struct iovec iov = {"u", 1};
  struct msghdr msg = {
      .msg_iov = &iov, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
  struct cmsghdr *cmsg = CMSG_FIRSTHDR(&msg);
  *cmsg = (struct cmsghdr){CMSG_LEN(sizeof file), SOL_SOCKET, SCM_RIGHTS};
  memcpy(CMSG_DATA(cmsg), &file, sizeof file);
  pair_of(SOCK_STREAM, pair);
  if (sendmsg(pair[0], &msg, MSG_OOB) != 1) return 77;
  if (write(pair[0], "x", 1) != 1) return 1;
  receive_fds(pair[1], data, sizeof data, received, 1, &got);
  return got != 0 || *data != 'x';
}

static int credentials_first(void) {
  int pair[2], got, received[8], file = 1, on = 1;
  char data[1];
  pair_of(SOCK_STREAM, pair);
  setsockopt(pair[1], SOL_SOCKET, SO_PASSCRED, &on, sizeof on);
  send_fds(pair[0], "t", 1, &file, 1);
  receive_fds(pair[1], data, 1, received, 1, &got);
  return 0;
}

// Receives with any buffer and any flags; returns how many descriptors came.
static int receive_with(int sock, size_t capacity, int flags, int *fds) {
  char control[CMSG_SPACE(sizeof(int) * 4)], data[1];
  struct iovec iov = {data, sizeof data};
  struct msghdr msg = {
      .msg_iov = &iov, .msg_iovlen = 1, .msg_control = control, .msg_controllen = capacity};
  if (recvmsg(sock, &msg, flags) < 0) return -1;
  struct cmsghdr *cmsg = CMSG_FIRSTHDR(&msg);
  if (!cmsg) return 0;
  size_t count = (cmsg->cmsg_len - CMSG_LEN(0)) / sizeof(int);
  memcpy(fds, CMSG_DATA(cmsg), count * sizeof(int));
  return (int)count;
}

// Receives the writing end of a pipe without close-on-exec.
static int receive_inheritable(void) {
  int pair[2], ends[2], received[4];
  pair_of(SOCK_STREAM | SOCK_CLOEXEC, pair);
  if (pipe2(ends, O_CLOEXEC) == -1) return -1;
  send_fds(pair[0], "i", 1, &ends[1], 1);
  close(ends[1]);
  return receive_with(pair[1], CMSG_LEN(sizeof(int)), 0, received) == 1 ? received[0] : -1;
}

static int inheritable(void) {
  int fd = receive_inheritable();
  if (write(fd, "x", 1) != 1) return 1;
  return close(fd);
}

static int inheritable_exec(char *self) {
  receive_inheritable();
  execl(self, self, "exit", "0", NULL);
  return 1;
}

static int inheritable_child(char *self) {
  int fd = receive_inheritable();
  pid_t child = fork();
  if (child == 0) {
    execl(self, self, "exit", "0", NULL);
    _exit(1);
  }
  waitpid(child, NULL, 0);
  return close(fd);
}

// Sets the flag by itself, one way or the other, before it becomes another program.
static int flag_set(int by_ioctl, char *self) {
  int fd = receive_inheritable();
  if ((by_ioctl ? ioctl(fd, FIOCLEX) : fcntl(fd, F_SETFD, FD_CLOEXEC)) == -1) return 1;
  if (write(fd, "x", 1) != 1) return 1;
  execl(self, self, "exit", "0", NULL);
  return 1;
}

// Made its buffer for one descriptor and looks at no other.
static int slack(void) {
  int pair[2], ends[2], received[4];
  pair_of(SOCK_STREAM, pair);
  if (pipe2(ends, O_CLOEXEC) == -1) return 1;
  send_fds(pair[0], "s", 1, ends, 2);
  close(ends[0]);
  close(ends[1]);
  receive_with(pair[1], CMSG_SPACE(sizeof(int)), MSG_CMSG_CLOEXEC, received);
  return close(received[0]);
}

static ssize_t send_control(int sock, void *control, size_t length) {
  struct iovec iov = {"c", 1};
  struct msghdr msg = {
      .msg_iov = &iov, .msg_iovlen = 1, .msg_control = control, .msg_controllen = length};
  return sendmsg(sock, &msg, MSG_NOSIGNAL);
}

// One control message with a number in it, and as many bytes as asked for.
static ssize_t send_odd(int sock, int type, size_t cmsg_len, size_t length, int number) {
  char control[64] = {0};
  struct cmsghdr *cmsg = (struct cmsghdr *)control;
  *cmsg = (struct cmsghdr){.cmsg_len = cmsg_len, .cmsg_level = SOL_SOCKET, .cmsg_type = type};
  memcpy(CMSG_DATA(cmsg), &number, sizeof number);
  return send_control(sock, control, length);
}

static int padding(void) {
  int pair[2], received[4];
  pair_of(SOCK_STREAM, pair);
  send_odd(pair[0], SCM_RIGHTS, CMSG_SPACE(sizeof(int)), CMSG_SPACE(sizeof(int)), 1);
  int count = receive_with(pair[1], CMSG_LEN(2 * sizeof(int)), MSG_CMSG_CLOEXEC, received);
  for (int i = 0; i < count; i++) close(received[i]);
  return count == 2 ? 0 : 1;
}

static int unused(void) {
  int pair[2], ends[2], got, received[1];
  char data;
  pair_of(SOCK_STREAM, pair);
  if (pipe2(ends, O_CLOEXEC) == -1) return 1;
  send_fds(pair[0], "u", 1, ends, 1);
  close(ends[0]);
  receive_fds(pair[1], &data, 1, received, 1, &got);
  return got == 1 ? 0 : 1;
}

static int kept(void) {
  int pair[2], ends[2], got, received[1];
  char data;
  pair_of(SOCK_STREAM, pair);
  if (pipe2(ends, O_CLOEXEC) == -1) return 1;
  send_fds(pair[0], "k", 1, &ends[1], 1);
  receive_fds(pair[1], &data, 1, received, 1, &got);
  return got == 1 ? close(received[0]) : 1;
}

static int leak(void) {
  int pair[2], got, received[1];
  char data;
  pair_of(SOCK_STREAM, pair);
  int file = open("/dev/null", O_WRONLY | O_CLOEXEC);
  for (int i = 0; i < 7; i++) {
    send_fds(pair[0], "l", 1, &file, 1);
    receive_fds(pair[1], &data, 1, received, 1, &got);
  }
  return close(file);
}

// Hands a file, opened by this user, to a child that is somebody else.
static int hand_to_nobody(int file) {
  int pair[2], got, received[1];
  char data;
  if (file == -1) return 1;
  pair_of(SOCK_STREAM | SOCK_CLOEXEC, pair);
  pid_t child = fork();
  if (child == 0) {
    if (setuid(65534) == -1) _exit(77);
    receive_fds(pair[1], &data, 1, received, 1, &got);
    _exit(got == 1 ? close(received[0]) : 1);
  }
  close(pair[1]);
  send_fds(pair[0], "h", 1, &file, 1);
  int status;
  waitpid(child, &status, 0);
  close(file);
  return WEXITSTATUS(status);
}

static int writable(void) {
  char path[] = "/tmp/fdpass-writable-XXXXXX";
  int file = mkostemp(path, O_CLOEXEC);
  int status = hand_to_nobody(file);
  unlink(path);
  return status;
}

static int bad_descriptor(void) {
  int pair[2], files[3] = {1, 99, -1};
  pair_of(SOCK_STREAM, pair);
  return send_fds(pair[0], "b", 1, files, 3) == -1 ? 0 : 1;
}

// Has no privilege that would lift the limit.
static int too_many_in_flight(void) {
  int pair[2], file = 1;
  if (setuid(getuid() ? getuid() : 65534) == -1) return 77;
  struct rlimit limit = {16, 16};
  setrlimit(RLIMIT_NOFILE, &limit);
  pair_of(SOCK_STREAM, pair);
  for (int i = 0; i < 20; i++)
    if (send_fds(pair[0], "f", 1, &file, 1) == -1) return 0;
  return 1;
}

static int refused(void) {
  int pair[2], files[254] = {0};
  pair_of(SOCK_STREAM, pair);
  int successes = 0;
  successes += send_fds(pair[0], "r", 1, files, 254) != -1;
  successes += send_odd(pair[0], SCM_RIGHTS, CMSG_LEN(4), CMSG_SPACE(4) + 16, 1) != -1;
  successes += send_odd(pair[0], SCM_RIGHTS, 8, CMSG_SPACE(4), 1) != -1;
  successes += send_odd(pair[0], 29, CMSG_LEN(4), CMSG_SPACE(4), 1) != -1;
  successes += send_odd(pair[0], SCM_CREDENTIALS, CMSG_LEN(4), CMSG_SPACE(4), 1) != -1;
  return successes;
}

static int no_unix_socket(void) {
  int inet = socket(AF_INET, SOCK_DGRAM, 0), file = 1;
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t size = sizeof address;
  bind(inet, (struct sockaddr *)&address, size);
  getsockname(inet, (struct sockaddr *)&address, &size);
  connect(inet, (struct sockaddr *)&address, size);
  return send_fds(inet, "n", 1, &file, 1) == 1 ? 0 : 1;
}

// Sets up an io_uring, and tries to pass it.
static int io_uring(void) {
  int pair[2];
  char parameters[120] = {0};
  int ring = (int)syscall(SYS_io_uring_setup, 4, parameters);
  if (ring == -1) return 77;
  pair_of(SOCK_STREAM, pair);
  return send_fds(pair[0], "r", 1, &ring, 1) == -1 ? 0 : 1;
}

// Passes files back and forth as it should be done.
static int flawless(void) {
  int pair[2], got, received[1];
  char data;
  pair_of(SOCK_SEQPACKET | SOCK_CLOEXEC, pair);
  pid_t child = fork();
  if (child == 0) {
    close(pair[0]);
    while (receive_fds(pair[1], &data, 1, received, 1, &got) == 1) {
      if (got != 1 || read(received[0], &data, 1) != 1) _exit(1);
      close(received[0]);
      if (write(pair[1], "a", 1) != 1) _exit(1);
    }
    _exit(0);
  }
  close(pair[1]);
  for (int i = 0; i < 5; i++) {
    int file = open("/proc/self/stat", O_RDONLY | O_CLOEXEC);
    send_fds(pair[0], "f", 1, &file, 1);
    close(file);
    if (read(pair[0], &data, 1) != 1) return 1;
  }
  close(pair[0]);
  int status;
  waitpid(child, &status, 0);
  return WEXITSTATUS(status);
}

// Two messages wait in a queue when the last of two descriptors of its socket is closed.
static int abandoned(void) {
  int pair[2], file = open("/proc/self/stat", O_RDONLY | O_CLOEXEC);
  pair_of(SOCK_STREAM, pair);
  send_fds(pair[0], "a", 1, &file, 1);
  send_fds(pair[0], "b", 1, &file, 1);
  int other = dup(pair[1]);
  return close(pair[1]) || close(other) || close(pair[0]) || close(file);
}

// The receiver ends without a receive.
static int abandoned_at_exit(void) {
  int pair[2], gate[2], status, file = open("/proc/self/stat", O_RDONLY | O_CLOEXEC);
  char data;
  pair_of(SOCK_SEQPACKET, pair);
  if (pipe2(gate, O_CLOEXEC) == -1) return 1;
  pid_t child = fork();
  if (child == 0) {
    close(pair[0]);
    close(file);
    _exit(read(gate[0], &data, 1) == 1 ? 0 : 1);
  }
  close(pair[1]);
  send_fds(pair[0], "a", 1, &file, 1);
  if (close(file) != 0) return 1;
  if (write(gate[1], "g", 1) != 1 || waitpid(child, &status, 0) != child) return 1;
  return WEXITSTATUS(status);
}

// Nobody has a number for a socket with something in its queue, but it is on its way itself.
static int queue_in_flight(void) {
  int pair[2], inner[2], got, received[1], file = open("/proc/self/stat", O_RDONLY | O_CLOEXEC);
  char data;
  pair_of(SOCK_STREAM, pair);
  pair_of(SOCK_STREAM, inner);
  send_fds(inner[0], "i", 1, &file, 1);
  close(file);
  send_fds(pair[0], "o", 1, &inner[1], 1);
  close(inner[1]);
  receive_fds(pair[1], &data, 1, received, 1, &got);
  if (got != 1) return 1;
  int far = received[0];
  receive_fds(far, &data, 1, received, 1, &got);
  return got != 1 || close(received[0]) || close(far);
}

// A duplicate that the kernel refuses for its flags closes nothing.
static int refused_duplicate(int socket) {
  int other = open("/proc/self/stat", O_RDONLY | O_CLOEXEC);
  int result = dup3(other, socket, 12345);
  close(other);
  return result == -1 ? 0 : 1;
}

static int queue_stays(void) {
  int pair[2], got, received[1], file = open("/proc/self/stat", O_RDONLY | O_CLOEXEC);
  char data;
  pair_of(SOCK_STREAM, pair);
  send_fds(pair[0], "q", 1, &file, 1);
  close(file);
  if (refused_duplicate(pair[1])) return 1;
  receive_fds(pair[1], &data, 1, received, 1, &got);
  return got != 1 || close(received[0]);
}

static int abandoned_by_exec(void) {
  int pair[2], file = open("/proc/self/stat", O_RDONLY | O_CLOEXEC);
  pair_of(SOCK_STREAM, pair);
  send_fds(pair[0], "a", 1, &file, 1);
  if (refused_duplicate(pair[1]) || refused_duplicate(pair[1])) return 1;
  send_fds(pair[0], "b", 1, &file, 1);
  close(file);
  fcntl(pair[1], F_SETFD, FD_CLOEXEC);
  execl("/bin/true", "true", NULL);
  return 1;
}

int run_mistake(int argc, char **argv) {
  const char *name = argc > 1 ? argv[1] : "";
  char *self = argv[0];
  if (!strcmp(name, "truncated")) return truncated();
  if (!strcmp(name, "truncate-by-table")) return truncate_by_table();
  if (!strcmp(name, "plain-read")) return plain_read();
  if (!strcmp(name, "plain-preadv2")) return plain_preadv2();
  if (!strcmp(name, "buffer-nowhere")) return buffer_nowhere();
  if (!strcmp(name, "through-no-socket")) return through_no_socket();
  if (!strcmp(name, "no-buffer")) return no_buffer();
  if (!strcmp(name, "zero-bytes")) return zero_bytes();
  if (!strcmp(name, "urgent")) return urgent();
  if (!strcmp(name, "credentials-first")) return credentials_first();
  if (!strcmp(name, "inheritable")) return inheritable();
  if (!strcmp(name, "inheritable-exec")) return inheritable_exec(self);
  if (!strcmp(name, "inheritable-child")) return inheritable_child(self);
  if (!strcmp(name, "flag-by-fcntl")) return flag_set(0, self);
  if (!strcmp(name, "flag-by-ioctl")) return flag_set(1, self);
  if (!strcmp(name, "slack")) return slack();
  if (!strcmp(name, "padding")) return padding();
  if (!strcmp(name, "abandoned")) return abandoned();
  if (!strcmp(name, "abandoned-at-exit")) return abandoned_at_exit();
  if (!strcmp(name, "abandoned-by-exec")) return abandoned_by_exec();
  if (!strcmp(name, "queue-stays")) return queue_stays();
  if (!strcmp(name, "queue-in-flight")) return queue_in_flight();
  if (!strcmp(name, "unused")) return unused();
  if (!strcmp(name, "kept")) return kept();
  if (!strcmp(name, "leak")) return leak();
  if (!strcmp(name, "directory"))
    return hand_to_nobody(open("/root", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!strcmp(name, "writable")) return writable();
  if (!strcmp(name, "bad-descriptor")) return bad_descriptor();
  if (!strcmp(name, "too-many-in-flight")) return too_many_in_flight();
  if (!strcmp(name, "refused")) return refused();
  if (!strcmp(name, "no-unix-socket")) return no_unix_socket();
  if (!strcmp(name, "io-uring")) return io_uring();
  if (!strcmp(name, "flawless")) return flawless();
  return -1;
}
