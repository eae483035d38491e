// Real servers by the thousand, one for each local address: accepts checks and notes how punctual they are.
#include "LabMeter.h"
#include <arpa/inet.h>
#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { arrivalsMax = 4 << 20 };

struct arrival {
  uint32_t address;
  double at;
};

static struct arrival arrivals[arrivalsMax];
static volatile sig_atomic_t ended, forgotten;

static void note(int signal) { *(signal == SIGUSR1 ? &forgotten : &ended) = 1; }

static int by_address_and_time(const void *left, const void *right) {
  const struct arrival *one = left, *other = right;
  if (one->address != other->address) return one->address < other->address ? -1 : 1;
  return (one->at > other->at) - (one->at < other->at);
}

static int by_value(const void *left, const void *right) {
  return (*(double *)left > *(double *)right) - (*(double *)left < *(double *)right);
}

// Each server's checks should lie an interval apart; late is what lies behind the earliest such rhythm.
static void report(int count, double interval) {
  static double late[arrivalsMax];
  int servers = 0;
  qsort(arrivals, count, sizeof *arrivals, by_address_and_time);
  for (int first = 0, next; first < count; first = next) {
    double earliest = 1e18;
    for (next = first; next < count && arrivals[next].address == arrivals[first].address; next++) {
      double start = arrivals[next].at - (next - first) * interval;
      if (start < earliest) earliest = start;
    }
    for (int index = first; index < next; index++) late[index] = arrivals[index].at - (index - first) * interval - earliest;
    servers++;
  }
  if (count == 0) return;
  qsort(late, count, sizeof *late, by_value);
  printf("checks %d servers %d p50 %.1f p99 %.1f max %.1f\n", count, servers, late[count / 2] * 1e3,
         late[(long)count * 99 / 100] * 1e3, late[count - 1] * 1e3);
}

int arrivals_of_checks(int count, char **words) {
  if (count != 2) return 64;
  struct sockaddr_in place = {.sin_family = AF_INET, .sin_port = htons(atoi(words[0]))};
  int listener = socket(AF_INET, SOCK_STREAM, 0), noted = 0;
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &(int){1}, sizeof(int));
  if (bind(listener, (void *)&place, sizeof place) || listen(listener, 16384)) return failed("listen");
  sigaction(SIGTERM, &(struct sigaction){.sa_handler = note}, NULL);
  sigaction(SIGUSR1, &(struct sigaction){.sa_handler = note}, NULL);
  while (!ended) {
    int connection = accept(listener, NULL, NULL);
    if (forgotten) forgotten = noted = 0;
    if (connection < 0) continue;
    socklen_t length = sizeof place;
    getsockname(connection, (void *)&place, &length);
    if (noted < arrivalsMax) arrivals[noted++] = (struct arrival){ntohl(place.sin_addr.s_addr), now()};
    close(connection);
  }
  report(noted, atof(words[1]));
  return 0;
}

// Its backlog is full after the first, so that all others get no answer.
int hang(int count, char **words) {
  if (count != 1) return 64;
  struct sockaddr_in place = {.sin_family = AF_INET, .sin_port = htons(atoi(words[0]))};
  int listener = socket(AF_INET, SOCK_STREAM, 0);
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &(int){1}, sizeof(int));
  if (bind(listener, (void *)&place, sizeof place) || listen(listener, 0)) return failed("listen");
  for (;;) pause();
}
