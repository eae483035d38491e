#pragma once

// What `import Glibc` does not show: headers that its module leaves out, and functions that need _GNU_SOURCE.
// netinet/in.h comes before the kernel's headers, which then leave out what it defines already (linux/libc-compat.h).
#include <netinet/in.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <sys/socket.h>

#include <linux/capability.h>
#include <linux/genetlink.h>
#include <linux/ip_vs.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>

/// The process at the other end of a Unix socket: `struct ucred`, which glibc shows with _GNU_SOURCE only.
struct clinux_credentials {
  int32_t pid;
  uint32_t uid;
  uint32_t gid;
};

/// accept4(2).
int clinux_accept4(int descriptor, struct sockaddr *address, socklen_t *length, int flags);

/// pipe2(2).
int clinux_pipe2(int descriptors[2], int flags);

/// getsockopt(2) with SO_PEERCRED.
int clinux_peer_credentials(int descriptor, struct clinux_credentials *credentials);

/// pthread_setname_np(3) on the calling thread; at most 15 bytes.
int clinux_name_this_thread(const char *name);

/// strerrorname_np(3): `ECONNREFUSED`; NULL for a number without a name.
const char *clinux_error_name(int error);

/// strerrordesc_np(3): `Connection refused`, never translated; NULL for a number without a name.
const char *clinux_error_meaning(int error);

/// mallopt(3) with M_TRIM_THRESHOLD: free memory at the end of the heap beyond this goes back to the kernel.
void clinux_return_free_memory_beyond(int bytes);
