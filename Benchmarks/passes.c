// Passes a descriptor COUNT times and prints the nanoseconds per pass:
// `passes self|pair COUNT [attached]`. `passes stream COUNT RATE` goes on with RATE passes a second.
// self: send and receive in one process. pair: to a second process and back.
// attached: first prints the numbers of its processes, and waits until each is traced.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void give(int sock, int fd) {
  union {
    char bytes[CMSG_SPACE(sizeof(int))];
    struct cmsghdr align;
  } control = {0};
  struct iovec iov = {"x", 1};
  struct msghdr msg = {
      .msg_iov = &iov, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
  struct cmsghdr *cmsg = CMSG_FIRSTHDR(&msg);
  cmsg->cmsg_level = SOL_SOCKET;
  cmsg->cmsg_type = SCM_RIGHTS;
  cmsg->cmsg_len = CMSG_LEN(sizeof(int));
  memcpy(CMSG_DATA(cmsg), &fd, sizeof fd);
  if (sendmsg(sock, &msg, 0) != 1) _exit(2);
}

static int take(int sock) {
  union {
    char bytes[CMSG_SPACE(sizeof(int))];
    struct cmsghdr align;
  } control;
  char data;
  struct iovec iov = {&data, 1};
  struct msghdr msg = {
      .msg_iov = &iov, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
  int fd = -1;
  if (recvmsg(sock, &msg, MSG_CMSG_CLOEXEC) != 1) _exit(3);
  struct cmsghdr *cmsg = CMSG_FIRSTHDR(&msg);
  if (cmsg) memcpy(&fd, CMSG_DATA(cmsg), sizeof fd);
  if (fd < 0) _exit(4);
  return fd;
}

// proc_pid_status(5): TracerPid is 0 while nobody traces the process.
static void wait_for_tracer(void) {
  for (int tracer = 0; tracer == 0; usleep(1000)) {
    char line[128];
    FILE *status = fopen("/proc/self/status", "r");
    if (!status) _exit(5);
    while (fgets(line, sizeof line, status))
      if (sscanf(line, "TracerPid: %d", &tracer) == 1) break;
    fclose(status);
  }
  usleep(200000);
}

// In portions of a millisecond or longer, so that no time is lost with sleeping.
static void go_on(int from, int to, long rate) {
  struct timespec begin, now;
  clock_gettime(CLOCK_MONOTONIC, &begin);
  for (long done = 0;;) {
    clock_gettime(CLOCK_MONOTONIC, &now);
    double elapsed = (now.tv_sec - begin.tv_sec) + (now.tv_nsec - begin.tv_nsec) / 1e9;
    for (; done < elapsed * rate; done++) {
      give(from, 0);
      close(take(to));
    }
    usleep(1000);
  }
}

int main(int argc, char **argv) {
  int pair[2], passes = argc > 2 ? atoi(argv[2]) : 1000;
  int is_pair = argc > 1 && !strcmp(argv[1], "pair"), is_stream = argc > 3 && !strcmp(argv[1], "stream"), is_attached = argc > 3 && !is_stream;
  if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == -1) return 1;
  pid_t child = is_pair ? fork() : -1;
  if (is_attached) {
    if (child > 0) printf("%d %d\n", getpid(), child);
    if (child < 0) printf("%d\n", getpid());
    fflush(stdout);
    wait_for_tracer();
  }
  if (child == 0) {
    for (int i = 0; i < passes / 2; i++) {
      int fd = take(pair[1]);
      give(pair[1], fd);
      close(fd);
    }
    _exit(0);
  }
  struct timespec begin, end;
  clock_gettime(CLOCK_MONOTONIC, &begin);
  for (int i = 0; i < (is_pair ? passes / 2 : passes); i++) {
    give(pair[0], 0);
    close(take(is_pair ? pair[0] : pair[1]));
  }
  clock_gettime(CLOCK_MONOTONIC, &end);
  if (is_pair) waitpid(child, NULL, 0);
  if (is_stream) go_on(pair[0], pair[1], atol(argv[3]));
  double ns = (double)(end.tv_sec - begin.tv_sec) * 1e9 + (double)(end.tv_nsec - begin.tv_nsec);
  printf("%.0f\n", ns / passes);
  return 0;
}
