#define _GNU_SOURCE
#include "CMSGOracle.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#ifndef SO_PASSPIDFD
#define SO_PASSPIDFD 76
#endif

size_t oracle_length(size_t payload) { return CMSG_LEN(payload); }

size_t oracle_space(size_t payload) { return CMSG_SPACE(payload); }

size_t oracle_walk(const uint8_t *bytes, size_t count, size_t *offsets, size_t capacity) {
    struct msghdr message = {.msg_control = (void *)bytes, .msg_controllen = count};
    size_t found = 0;
    for (struct cmsghdr *header = CMSG_FIRSTHDR(&message); header != NULL && found < capacity;
         header = CMSG_NXTHDR(&message, header)) {
        size_t offset = (size_t)((const uint8_t *)header - bytes);
        // CMSG_NXTHDR checks a header only when it steps over it.
        if (header->cmsg_len < sizeof *header || header->cmsg_len > count - offset) break;
        offsets[found++] = offset;
    }
    return found;
}

static ssize_t native_message(bool send, int fd, uint8_t *control, size_t count, size_t *used,
                              int *flags) {
    char byte = 'x';
    struct iovec data = {&byte, 1};
    struct msghdr message = {
        .msg_iov = &data, .msg_iovlen = 1, .msg_control = control, .msg_controllen = count};
    ssize_t result = send ? sendmsg(fd, &message, MSG_NOSIGNAL) : recvmsg(fd, &message, 0);
    *used = message.msg_controllen;
    *flags = message.msg_flags;
    return result;
}

#ifdef __x86_64__
#include <sys/mman.h>
#include <sys/wait.h>

// The 32-bit entry exists for 64-bit processes too: the kernel then reads 32-bit structures.
static long int80(long number, long a, long b, long c) {
    long result;
    __asm__ volatile("int $0x80"
                     : "=a"(result)
                     : "a"(number), "b"(a), "c"(b), "d"(c)
                     : "r8", "r9", "r10", "r11", "memory");
    return (int)result;
}

enum { COMPAT_GETPID = 20, COMPAT_SENDMSG = 370, COMPAT_RECVMSG = 372 };

bool oracle_has_compat(void) {
    pid_t child = fork();
    if (child == 0) _exit(int80(COMPAT_GETPID, 0, 0, 0) == getpid() ? 0 : 1);
    int status = 1;
    return child > 0 && waitpid(child, &status, 0) == child && status == 0;
}

// Everything the kernel follows, in memory that 32-bit pointers reach.
struct compat_arena {
    uint32_t name, name_length, iov, iov_length, control, control_length, flags;
    uint32_t iov_base, iov_count;
    char byte;
    _Alignas(8) uint8_t bytes[8192];
};

static ssize_t compat_message(bool send, int fd, uint8_t *control, size_t count, size_t *used,
                              int *flags) {
    struct compat_arena *arena = mmap(NULL, sizeof *arena, PROT_READ | PROT_WRITE,
                                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
    if (arena == MAP_FAILED) return -1;
    if (count > sizeof arena->bytes) count = sizeof arena->bytes;
    memcpy(arena->bytes, control, count);
    arena->iov = (uint32_t)(uintptr_t)&arena->iov_base;
    arena->iov_length = 1;
    arena->iov_base = (uint32_t)(uintptr_t)&arena->byte;
    arena->iov_count = 1;
    arena->control = (uint32_t)(uintptr_t)arena->bytes;
    arena->control_length = (uint32_t)count;
    long result = int80(send ? COMPAT_SENDMSG : COMPAT_RECVMSG, fd, (long)(uintptr_t)arena,
                        send ? MSG_NOSIGNAL : 0);
    memcpy(control, arena->bytes, count);
    *used = arena->control_length;
    *flags = (int)arena->flags;
    munmap(arena, sizeof *arena);
    if (result < 0) errno = (int)-result;
    return result < 0 ? -1 : result;
}
#else
bool oracle_has_compat(void) { return false; }

#define compat_message native_message
#endif

static int allow(int fd, bool wanted, int option) {
    int on = 1;
    return wanted ? setsockopt(fd, SOL_SOCKET, option, &on, sizeof on) : 0;
}

struct oracle_receipt oracle_exchange(struct oracle_socket socket, const uint8_t *control,
                                      size_t count, uint8_t *room, size_t capacity) {
    struct oracle_receipt receipt = {0, 0, 0};
    int ends[2];
    if (socketpair(AF_UNIX, socket.type | SOCK_CLOEXEC, 0, ends) < 0) {
        receipt.error = errno;
        return receipt;
    }
    size_t ignored_used;
    int ignored_flags;
    bool done = allow(ends[1], socket.credentials, SO_PASSCRED) == 0 &&
                allow(ends[1], socket.pidfd, SO_PASSPIDFD) == 0 &&
                allow(ends[1], socket.timestamp, SO_TIMESTAMP) == 0;
    ssize_t (*message)(bool, int, uint8_t *, size_t, size_t *, int *) =
        socket.compat ? compat_message : native_message;
    done = done &&
           message(true, ends[0], (uint8_t *)control, count, &ignored_used, &ignored_flags) == 1 &&
           message(false, ends[1], room, capacity, &receipt.used, &receipt.flags) == 1;
    if (!done) receipt.error = errno;
    close(ends[0]);
    close(ends[1]);
    return receipt;
}
