// One request to lbd's control socket.
#include "LabMeter.h"
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

int request(int count, char **words) {
  char buffer[65536];
  if (count != 4) return 64;
  struct sockaddr_un place = {.sun_family = AF_UNIX};
  strncpy(place.sun_path, words[0], sizeof place.sun_path - 1);
  int descriptor = socket(AF_UNIX, SOCK_STREAM, 0);
  if (descriptor < 0 || connect(descriptor, (void *)&place, sizeof place)) return failed(words[0]);
  int length = snprintf(
      buffer, sizeof buffer, "%s %s HTTP/1.1\r\nHost: lbd\r\nContent-Type: application/json\r\nContent-Length: %zu\r\nConnection: close\r\n\r\n%s",
      words[1], words[2], strlen(words[3]), words[3]);
  double start = now();
  if (write(descriptor, buffer, length) != length) return failed("send the request");
  ssize_t received = read(descriptor, buffer, sizeof buffer - 1);
  double end = now();
  if (received < 0) return failed("read the answer");
  buffer[received] = 0;
  buffer[strcspn(buffer, "\r")] = 0;
  printf("%.6f %.6f %s\n", start, end, buffer);
  return 0;
}
