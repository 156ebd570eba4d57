// A pass by the calls of a 32-bit program: 12-byte control headers, 4-byte pointers, and where
// asked for socketcall(2), which keeps its arguments in memory. A 64-bit program on x86 can make
// them too, with `int $0x80` and memory below 4 GiB.
#define _GNU_SOURCE
#include "tracees.h"

#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#if defined(__x86_64__)

struct header32 {
  uint32_t name, name_length, buffers, buffer_count, control, control_length;
  int32_t flags;
};

// Everything that the kernel is pointed at.
struct block {
  uint32_t arguments[6];
  int32_t pair[2];
  struct {
    uint32_t base, length;
  } buffer;
  struct {
    struct header32 header;
    uint32_t moved;
  } entries[2];
  struct {
    uint32_t length;
    int32_t level, type, descriptors[3];
  } control[2];
  char data[16];
  struct {
    uint16_t family;
    char name[8];
  } address;
};

static int by_socketcall;

static long call32(uint32_t number, uint32_t a, uint32_t b, uint32_t c, uint32_t d, uint32_t e) {
  long result;
  __asm__ volatile("int $0x80"
                   : "=a"(result)
                   : "a"((uint64_t)number), "b"((uint64_t)a), "c"((uint64_t)b), "d"((uint64_t)c),
                     "S"((uint64_t)d), "D"((uint64_t)e)
                   : "memory", "r8", "r9", "r10", "r11");
  return (int)result;
}

static uint32_t low(const void *pointer) { return (uint32_t)(uintptr_t)pointer; }

static long socket_call(struct block *block, uint32_t selector, uint32_t number, uint32_t a,
                        uint32_t b, uint32_t c, uint32_t d) {
  if (!by_socketcall) return call32(number, a, b, c, d, 0);
  uint32_t arguments[] = {a, b, c, d, 0, 0};
  memcpy(block->arguments, arguments, sizeof arguments);
  return call32(102, selector, low(block->arguments), 0, 0, 0);
}

// Of the six words it may find, send(2) takes four.
static long plain_send(struct block *block, uint32_t sock) {
  if (!by_socketcall) return call32(4, sock, low(block->data), 4, 0, 0);
  block->address.family = AF_UNIX;
  memcpy(block->address.name, "/x", 3);
  uint32_t arguments[] = {sock, low(block->data), 4, 0, low(&block->address), 10};
  memcpy(block->arguments, arguments, sizeof arguments);
  return call32(102, 9, low(block->arguments), 0, 0, 0);
}

static void prepare(struct block *block, int index, int count) {
  struct header32 *header = &block->entries[index].header;
  memset(header, 0, sizeof *header);
  block->buffer.base = low(block->data);
  block->buffer.length = 4;
  header->buffers = low(&block->buffer);
  header->buffer_count = 1;
  header->control = low(&block->control[index]);
  header->control_length = 12 + 4 * (uint32_t)count;
  block->control[index].length = header->control_length;
  block->control[index].level = SOL_SOCKET;
  block->control[index].type = SCM_RIGHTS;
  for (int i = 0; i < count; i++) block->control[index].descriptors[i] = i;
}

static void no_emulation(int number) {
  (void)number;
  _exit(77);
}

int run_compat(int argc, char **argv) {
  if (argc < 3 || strcmp(argv[1], "compat")) return -1;
  signal(SIGSEGV, no_emulation);
  if (call32(20, 0, 0, 0, 0, 0) != getpid()) return 77;
  if (!strcmp(argv[2], "probe")) return 0;
  by_socketcall = !strcmp(argv[2], "socketcall");
  struct block *block = mmap(NULL, sizeof *block, PROT_READ | PROT_WRITE,
                             MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
  if (block == MAP_FAILED) return 1;
  memcpy(block->data, "data", 4);
  if (socket_call(block, 8, 360, AF_UNIX, SOCK_STREAM, 0, low(block->pair)) != 0) return 2;
  uint32_t from = (uint32_t)block->pair[0], to = (uint32_t)block->pair[1];
  prepare(block, 0, 3);
  if (socket_call(block, 16, 370, from, low(block->entries), 0, 0) != 4) return 3;
  prepare(block, 0, 3);
  if (socket_call(block, 17, 372, to, low(block->entries), 0, 0) != 4) return 4;
  if (block->entries[0].header.control_length != 24) return 5;
  prepare(block, 0, 1);
  prepare(block, 1, 2);
  if (socket_call(block, 20, 345, from, low(block->entries), 2, 0) != 2) return 6;
  prepare(block, 0, 1);
  prepare(block, 1, 2);
  if (socket_call(block, 19, 337, to, low(block->entries), 2, 0) != 2) return 7;
  if (plain_send(block, from) != 4) return 8;
  return 0;
}

#else

int run_compat(int argc, char **argv) { return argc > 2 && !strcmp(argv[1], "compat") ? 77 : -1; }

#endif
