// Connections a second: a server that accepts and closes, a client that connects, waits for the end, and connects again.
#include "LabMeter.h"
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
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

int rate(int count, char **words) {
  if (count != 3) return 64;
  struct sockaddr_in place = {.sin_family = AF_INET, .sin_port = htons(atoi(words[1]))};
  inet_pton(AF_INET, words[0], &place.sin_addr);
  double start = now(), length = atof(words[2]), end = start;
  long connections = 0;
  for (; end - start < length; end = now(), connections++) {
    char byte;
    int descriptor = socket(AF_INET, SOCK_STREAM, 0);
    // A reset leaves nobody in TIME_WAIT, which would run out of ports.
    setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &(struct linger){1, 0}, sizeof(struct linger));
    if (connect(descriptor, (void *)&place, sizeof place)) return failed(words[0]);
    // Returns when the server has closed.
    (void)!read(descriptor, &byte, 1);
    close(descriptor);
  }
  printf("%.1f\n", connections / (end - start));
  return 0;
}
