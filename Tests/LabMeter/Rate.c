// Connections a second: a server that accepts and closes, a client of many connections, each of which is made again
// when the server has closed it.
#include "LabMeter.h"
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

int serve(int count, char **words) {
  if (count != 1) return 64;
  struct sockaddr_in place = {.sin_family = AF_INET, .sin_port = htons(atoi(words[0]))};
  int listener = socket(AF_INET, SOCK_STREAM, 0);
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &(int){1}, sizeof(int));
  if (bind(listener, (void *)&place, sizeof place) || listen(listener, 4096)) return failed("listen");
  for (;;) close(accept(listener, NULL, NULL));
}

// More at once than the processors can work at, so that what is measured is work and not waiting.
enum { inFlight = 64 };

static int begin(int epoll, const struct sockaddr_in *place) {
  int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  // A reset leaves nobody in TIME_WAIT, which would run out of ports.
  setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &(struct linger){1, 0}, sizeof(struct linger));
  struct epoll_event event = {.events = EPOLLIN, .data.fd = descriptor};
  return (connect(descriptor, (const void *)place, sizeof *place) && errno != EINPROGRESS) ||
         epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event);
}

int rate(int count, char **words) {
  if (count != 3) return 64;
  struct sockaddr_in place = {.sin_family = AF_INET, .sin_port = htons(atoi(words[1]))};
  inet_pton(AF_INET, words[0], &place.sin_addr);
  int epoll = epoll_create1(0);
  double start = now(), length = atof(words[2]), end = start;
  for (int n = 0; n < inFlight; n++)
    if (begin(epoll, &place)) return failed(words[0]);
  long connections = 0;
  for (; end - start < length; end = now()) {
    struct epoll_event events[inFlight];
    int ready = epoll_wait(epoll, events, inFlight, 1000);
    for (int n = 0; n < ready; n++, connections++) {
      // The end: the server has closed.
      char byte;
      if (read(events[n].data.fd, &byte, 1)) return failed(words[0]);
      close(events[n].data.fd);
      if (begin(epoll, &place)) return failed(words[0]);
    }
  }
  if (!connections) {
    errno = ETIMEDOUT;
    return failed(words[0]);
  }
  printf("%.1f\n", connections / (end - start));
  return 0;
}
