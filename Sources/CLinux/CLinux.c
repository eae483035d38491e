#define _GNU_SOURCE
#include "CLinux.h"

#include <fcntl.h>
#include <malloc.h>
#include <pthread.h>
#include <string.h>
#include <unistd.h>

int clinux_accept4(int descriptor, struct sockaddr *address, socklen_t *length, int flags) {
  return accept4(descriptor, address, length, flags);
}

int clinux_pipe2(int descriptors[2], int flags) {
  return pipe2(descriptors, flags);
}

int clinux_peer_credentials(int descriptor, struct clinux_credentials *credentials) {
  struct ucred peer;
  socklen_t length = sizeof peer;
  if (getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &peer, &length) < 0) return -1;
  credentials->pid = peer.pid;
  credentials->uid = peer.uid;
  credentials->gid = peer.gid;
  return 0;
}

int clinux_name_this_thread(const char *name) {
  return pthread_setname_np(pthread_self(), name);
}

const char *clinux_error_name(int error) {
  return strerrorname_np(error);
}

const char *clinux_error_meaning(int error) {
  return strerrordesc_np(error);
}

void clinux_return_free_memory_beyond(int bytes) { mallopt(M_TRIM_THRESHOLD, bytes); }
