// The other opinion on control buffers: libc's macros and the kernel.
//
// C, because CMSG_* are macros Swift cannot import, and because the kernel's 32-bit entry is
// reached with an instruction.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

size_t oracle_length(size_t payload);
size_t oracle_space(size_t payload);

// The offsets of the headers that CMSG_FIRSTHDR and CMSG_NXTHDR visit, up to the first whose
// cmsg_len leaves the buffer. Returns how many there are, never more than capacity.
size_t oracle_walk(const uint8_t *bytes, size_t count, size_t *offsets, size_t capacity);

struct oracle_socket {
    int type;           // SOCK_STREAM, SOCK_DGRAM or SOCK_SEQPACKET
    bool compat;        // use the system calls and the layout of 32-bit processes
    bool credentials;   // SO_PASSCRED on the receiving end
    bool pidfd;         // SO_PASSPIDFD
    bool timestamp;     // SO_TIMESTAMP
};

struct oracle_receipt {
    int error;          // errno of what failed, the send or else the receive; 0 if nothing did
    int flags;          // msg_flags
    size_t used;        // msg_controllen after the receive
};

// Sends one byte with this control buffer through a new pair of Unix sockets, and receives it
// with this much room for control messages. The caller owns the descriptors in room.
struct oracle_receipt oracle_exchange(struct oracle_socket socket, const uint8_t *control,
                                      size_t count, uint8_t *room, size_t capacity);

// Whether this kernel serves 32-bit processes.
bool oracle_has_compat(void);
