// `tracees parking PATH CONNECTIONS ROUNDS WINDOW KILLS`: many TCP connections parked at PATH, and a
// server that echoes what comes on them, which is killed KILLS times and replaced.
//
// Every byte says which connection it is of and where in it, and the token of a parked connection
// says how far it was read: both ends see at once when a byte is lost, doubled or out of place. The
// server is killed at any moment but between `taken` and the next `park`, where it alone has the
// connection and would have lost it without any park as well.
#define _GNU_SOURCE
#include "tracees.h"

#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MOST = 20000, LONGEST = 600, BUCKETS = 1 << 16 };

// What the killing parent and its servers share.
static struct shared {
  atomic_int busy;           // a server has taken a connection and not parked it again
  long long asked_at[MOST];  // when the client sent what is to be handed over, in ns
  unsigned times[BUCKETS];   // how often a hand-back took so many microseconds
} *shared;

struct client {
  int fd;
  unsigned sent, received;  // bytes so far
  int is_waiting;
};
static struct client clients[MOST];
static const char *park_path;
static int connections;

static void fail(const char *what) {
  fprintf(stderr, "parking: %s (%s)\n", what, strerror(errno));
  exit(1);
}

static long long now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static unsigned char byte_at(int number, unsigned offset) {
  return (unsigned char)(number * 31 + offset * 7 + (offset >> 8));
}

static int connect_to_park(void) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  snprintf(address.sun_path, sizeof address.sun_path, "%s", park_path);
  int park = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
  if (connect(park, (struct sockaddr *)&address, sizeof address) == -1) fail("no park");
  return park;
}

static void say(int park, int fd, const char *format, ...) {
  char text[256];
  va_list arguments;
  va_start(arguments, format);
  int length = vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  if (send_fds(park, text, (size_t)length, &fd, fd >= 0) != length) fail("cannot tell the park");
}

static int hear(int park, char *text, int *fd) {
  int count;
  *fd = -1;
  ssize_t length = receive_fds(park, text, 4095, fd, 1, &count);
  if (length <= 0) fail("the park is gone");
  text[length] = 0;
  return !strncmp(text, "fdpass/1 back ", 14);
}

// Reads what is there, sends it back, and parks the connection again.
static void echo(int park, int fd, const char *text) {
  char id[32], data[4096];
  int number;
  unsigned offset;
  if (sscanf(text, "fdpass/1 back id=%31s token=%d:%u", id, &number, &offset) != 3) fail(text);
  long long time = (now() - shared->asked_at[number]) / 1000;
  shared->times[time < BUCKETS ? time : BUCKETS - 1]++;
  shared->busy = 1;
  say(park, -1, "fdpass/1 taken id=%s\n", id);
  ssize_t count = recv(fd, data, sizeof data, MSG_DONTWAIT);
  if (count <= 0) fail("handed over with nothing to read");
  for (ssize_t i = 0; i < count; i++)
    if ((unsigned char)data[i] != byte_at(number, offset++)) fail("a wrong byte at the server");
  if (send(fd, data, (size_t)count, MSG_NOSIGNAL) != count) fail("cannot echo");
  say(park, fd, "fdpass/1 park token=%d:%u\n", number, offset);
  shared->busy = 0;
}

static void serve(void) {
  static int parked[MOST];  // those the park has not acknowledged, as a ring
  unsigned first = 0, end = 0;
  char text[4096];
  int fd, park = connect_to_park();
  say(park, -1, "fdpass/1 serve\n");
  hear(park, text, &fd);
  for (;;) {
    if (hear(park, text, &fd)) {
      echo(park, fd, text);
      parked[end++ % MOST] = fd;
    } else if (!strncmp(text, "fdpass/1 ok id=", 15)) {
      close(parked[first++ % MOST]);
    } else if (strncmp(text, "fdpass/1 gone ", 14)) {
      fail(text);
    }
  }
}

static pid_t start_server(void) {
  pid_t child = fork();
  if (child == 0) {
    close_range(3, ~0U, 0);
    serve();
  }
  return child;
}

// Stops the server, and kills it unless it is where it must not be.
static int kill_server(pid_t server) {
  int status;
  kill(server, SIGSTOP);
  waitpid(server, &status, WUNTRACED);
  if (!WIFSTOPPED(status)) fail("a server ended by itself");
  if (shared->busy) {
    kill(server, SIGCONT);
    return 0;
  }
  kill(server, SIGKILL);
  waitpid(server, &status, 0);
  return 1;
}

static void park_all(int poller) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t length = sizeof address;
  int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), park = connect_to_park(), fd;
  char text[4096];
  if (bind(listener, (struct sockaddr *)&address, length) || listen(listener, 16)) fail("listen");
  getsockname(listener, (struct sockaddr *)&address, &length);
  for (int number = 0; number < connections; number++) {
    int client = clients[number].fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connect(client, (struct sockaddr *)&address, length)) fail("connect");
    int server = accept(listener, NULL, NULL);
    say(park, server, "fdpass/1 park token=%d:0\n", number);
    hear(park, text, &fd);
    if (strncmp(text, "fdpass/1 ok id=", 15)) fail(text);
    close(server);
    struct epoll_event event = {.events = EPOLLIN, .data.u32 = (unsigned)number};
    epoll_ctl(poller, EPOLL_CTL_ADD, client, &event);
  }
  close(listener);
  close(park);
}

static void ask(void) {
  unsigned char data[LONGEST];
  int number;
  do number = rand() % connections;
  while (clients[number].is_waiting);
  struct client *client = &clients[number];
  unsigned count = 1 + (unsigned)rand() % LONGEST;
  for (unsigned i = 0; i < count; i++) data[i] = byte_at(number, client->sent + i);
  shared->asked_at[number] = now();
  if (send(client->fd, data, count, MSG_NOSIGNAL) != (ssize_t)count) fail("cannot ask");
  client->sent += count;
  client->is_waiting = 1;
}

// Whether the answer is complete.
static int hear_answer(int number) {
  unsigned char data[4096];
  struct client *client = &clients[number];
  ssize_t count = recv(client->fd, data, sizeof data, MSG_DONTWAIT);
  if (count <= 0) fail("a connection was lost");
  for (ssize_t i = 0; i < count; i++)
    if (data[i] != byte_at(number, client->received++)) fail("a wrong byte at the client");
  if (client->received < client->sent) return 0;
  client->is_waiting = 0;
  return 1;
}

static int percentile(int percent) {
  unsigned long all = 0, sum = 0;
  for (int i = 0; i < BUCKETS; i++) all += shared->times[i];
  for (int i = 0; i < BUCKETS; i++)
    if ((sum += shared->times[i]) * 100 >= all * (unsigned long)percent) return i;
  return 0;
}

int parking(int argc, char **argv) {
  if (argc != 7) return 64;
  park_path = argv[2];
  connections = atoi(argv[3]);
  long rounds = atol(argv[4]), window = atol(argv[5]), kills = atol(argv[6]);
  struct rlimit limit;
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  int poller = epoll_create1(EPOLL_CLOEXEC);
  park_all(poller);
  pid_t server = start_server();
  long killed = 0, asked = 0, done = 0;
  long long begin = now();
  while (done < rounds) {
    for (; asked < rounds && asked - done < window; asked++) ask();
    struct epoll_event events[64];
    // A kill that is due comes anywhere between two answers.
    int count = epoll_wait(poller, events, 64, 20000);
    if (count <= 0) fail("an answer did not come");
    for (int i = 0; i < count; i++) done += hear_answer((int)events[i].data.u32);
    if (killed * rounds < kills * done) {
      for (int spin = rand() % 3000; spin > 0; spin--) atomic_load(&shared->busy);
      if (kill_server(server)) {
        killed++;
        server = start_server();
      }
    }
  }
  double seconds = (double)(now() - begin) / 1e9;
  kill(server, SIGKILL);
  waitpid(server, NULL, 0);
  printf("%ld rounds, %ld kills, %.0f rounds/s, hand-back %d us median, %d us 99th percentile\n",
         done, killed, (double)done / seconds, percentile(50), percentile(99));
  return 0;
}
